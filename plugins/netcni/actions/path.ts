import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { isProvenAbsent } from '../../../shared/model/absence.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isFinished, podAddresses } from '../../../shared/model/pods.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { POLICY_KINDS } from '../../../shared/policy/facts-of-index.ts';
import { parseAddress } from '../../../shared/util/addresses.ts';
import type { PathPort } from '../diagnose/path-policy.ts';
import { pathReport } from '../diagnose/path-report.ts';
import { podWord } from './read-network.ts';

/** `path A B`: the hops between two pods. */
export async function runPath(request: Request): Promise<CommandResult> {
  const { args, options, facts } = request;
  // `path from A to B` and `path A -> B` are typed by habit.
  const [a, b, ...more] = args.filter((word, at) => word !== (at === 0 ? 'from' : 'to') && word !== '->');
  if (a === undefined || b === undefined || more.length > 0) {
    throw new UsageError('path takes two pods', 'kubectl netcni path pod/A pod/B -n NAMESPACE');
  }
  const port = parsePort(options.string('port'));
  const namespace = await facts.namespace();
  const snapshot = await facts.snapshot(async (gatherer) => {
    const { networkPlan } = await import('../collect/network-plan.ts');
    await networkPlan(
      gatherer,
      [a, b].map((word) => podWord(word).namespace ?? namespace),
    );
    await Promise.all(POLICY_KINDS.map((kind) => gatherer.list(kind)));
  });
  const index = createIndex(snapshot);
  const [from, to] = [podOf(index, a, namespace), podOf(index, b, namespace)];
  return {
    type: 'report',
    report: withProblems(pathReport(index, { source: sourceName(snapshot), from, to, port }), snapshot),
  };
}

function podOf(index: ClusterIndex, word: string, inForce: string): Pod {
  const { namespace = inForce, name } = podWord(word);
  const pod = index.get('Pod', namespace, name) ?? podAt(index, word);
  if (pod !== undefined) return pod;
  const elsewhere = index.list('Pod').find((entry) => entry.metadata?.name === name)?.metadata?.namespace;
  const hint =
    elsewhere === undefined
      ? `kubectl get pods ${parseAddress(word) === undefined ? `-n ${namespace}` : '-A -o wide'} lists them.`
      : `There is one in namespace ${elsewhere}: ${elsewhere}/${name}`;
  throw new UsageError(
    isProvenAbsent(index, 'Pod', namespace, name)
      ? parseAddress(word) === undefined
        ? `there is no pod ${name} in namespace ${namespace}`
        : `no pod has the address ${word}`
      : `pod ${namespace}/${name} was not read: ${index.seen('Pod', namespace, name).reason}`,
    hint,
  );
}

/** The pod that has an address; those on the host network share that of their node. */
function podAt(index: ClusterIndex, word: string): Pod | undefined {
  return index
    .list('Pod')
    .find((pod) => pod.spec?.hostNetwork !== true && !isFinished(pod) && podAddresses(pod).includes(word));
}

/** `5432`, `53/UDP`. */
function parsePort(text: string | undefined): PathPort | undefined {
  if (text === undefined) return undefined;
  const parts = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(text);
  const port = Number(parts?.[1]);
  if (parts === null || port < 1 || port > 65_535)
    throw new UsageError(`"${text}" is no port`, 'Such as --port 5432 or --port 53/UDP');
  const protocol = (parts[2] ?? 'tcp').toUpperCase();
  return { port, protocol: protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP' };
}
