import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { nearestWords } from '../../../shared/cli/nearest.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { isProvenAbsent } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Report } from '../../../shared/report/report.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { podReport } from '../diagnose/pod-report.ts';
import { podWord, readNetwork } from './read-network.ts';

/** `pod POD`: one pod's network. */
export async function runPod(request: Request): Promise<CommandResult> {
  const { namespace, name } = await targetOf(request);
  const rules = parseSuppress(request.options.list('suppress'));
  const { snapshot, index } = await readNetwork(request, namespace);
  const pod = index.get('Pod', namespace, name);
  const source = sourceName(snapshot);
  const report = pod === undefined ? unseen(index, namespace, name, source) : podReport(index, pod, source);
  return { type: 'report', report: withProblems(suppressReport(report, rules), snapshot) };
}

async function targetOf({ args, facts }: Request): Promise<{ readonly namespace: string; readonly name: string }> {
  const [word, ...more] = args;
  if (word === undefined || more.length > 0) {
    throw new UsageError('pod takes the name of one pod', 'kubectl netcni pod NAME -n NAMESPACE');
  }
  const { namespace, name } = podWord(word);
  return { namespace: namespace ?? (await facts.namespace()), name };
}

/** A name that is proven to be wrong is a mistake in the words; one that could not be looked for is not known. */
function unseen(index: ClusterIndex, namespace: string, name: string, source: string): Report {
  if (isProvenAbsent(index, 'Pod', namespace, name)) {
    const near = nearestWords(
      name,
      index.list('Pod', namespace).map((pod: Pod) => nameOf(pod)),
    );
    const elsewhere = index.list('Pod').find((pod) => nameOf(pod) === name)?.metadata?.namespace;
    throw new UsageError(
      `there is no pod ${name} in namespace ${namespace}`,
      elsewhere !== undefined
        ? `There is one in namespace ${elsewhere}: -n ${elsewhere}`
        : near.length > 0
          ? `Did you mean ${joinNames(near)}?`
          : `kubectl get pods -n ${namespace} lists them.`,
    );
  }
  const { reason } = index.seen('Pod', namespace, name);
  return {
    command: 'netcni pod',
    target: { kind: 'Pod', namespace, name },
    takenAt: index.takenAt,
    source,
    verdict: 'unknown',
    headline: `could not tell: pod ${namespace}/${name} was not read (${reason})`,
    causes: [],
    findings: [],
    notChecked: [{ check: 'all', reason }],
    coverage: { ran: 0, of: 0 },
    ladder: [],
  };
}
