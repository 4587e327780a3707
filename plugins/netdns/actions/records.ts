import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UnseenError, UsageError } from '../../../shared/cli/command.ts';
import { nearestWords } from '../../../shared/cli/nearest.ts';
import { whyUnseen } from '../../../shared/cli/no-namespace.ts';
import { parseTarget } from '../../../shared/cli/parse-target.ts';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { clusterDnsOf } from '../../../shared/dns/cluster-dns.ts';
import { questionsFor } from '../../../shared/dns/compare-records.ts';
import type { DnsRecord } from '../../../shared/dns/records.ts';
import { dashedAddress } from '../../../shared/dns/records.ts';
import { reverseName } from '../../../shared/dns/reverse-name.ts';
import { zoneOf } from '../../../shared/dns/zone.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { podAddresses } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { recordsReport } from '../diagnose/records-report.ts';

/** What the question is about. */
interface Scope {
  readonly words: string;
  readonly namespace: string | undefined;
  /** The one Service that is asked about. */
  readonly service?: string;
  readonly pick: (index: ClusterIndex) => readonly DnsRecord[];
}

/** `records`: promised records as a list; with `--live` compared with what each server serves. */
export async function runRecords(request: Request): Promise<CommandResult> {
  const { options, facts } = request;
  const live = options.boolean('live');
  const scope = await scopeOf(request);
  const snapshot = await facts.snapshot(async (gatherer) => {
    await readFacts(gatherer, scope.namespace);
    if (live) await askAll(gatherer, scope);
  });
  const index = createIndex(snapshot);
  return {
    type: 'report',
    report: recordsReport(index, scope.pick(index), {
      what: scope.words,
      namespace: scope.namespace,
      service: scope.service,
      live,
      source: sourceName(snapshot),
    }),
  };
}

async function scopeOf({ args, options, facts }: Request): Promise<Scope> {
  if (options.boolean('all')) {
    if (args.length > 0) throw new UsageError('--all takes no name', 'kubectl netdns records --all');
    const namespace = options.string('namespace');
    return {
      words: namespace === undefined ? 'the cluster' : `namespace ${namespace}`,
      namespace,
      pick: (index) =>
        zoneOf(index)
          .all()
          .filter(({ owner }) => namespace === undefined || owner.namespace === namespace),
    };
  }
  if (args.length === 0) throw new UsageError('records needs a name, or --all', 'kubectl netdns records SERVICE');
  const target = parseTarget(args, ['Service', 'Pod']);
  const namespace = target.namespace ?? (await facts.namespace());
  const { kind, name } = target;
  return {
    words: `${kind} ${namespace}/${name}`,
    namespace,
    ...(kind === 'Service' ? { service: name } : {}),
    pick: (index) => (kind === 'Pod' ? ofPod(index, namespace, name) : ofService(index, namespace, name)),
  };
}

async function readFacts(gatherer: Gatherer, namespace: string | undefined): Promise<void> {
  const scope = namespace === undefined ? {} : { namespace };
  const system = { namespace: 'kube-system' };
  await Promise.all([
    gatherer.list('Service', scope),
    gatherer.list('EndpointSlice', scope),
    gatherer.list('Pod', scope),
    gatherer.list('Namespace'),
    ...(namespace === 'kube-system' ? [] : [gatherer.list('Service', system), gatherer.list('Pod', system)]),
    gatherer.list('Deployment', system),
    gatherer.list('DaemonSet', system),
    gatherer.list('ConfigMap', system),
  ]);
}

async function askAll(gatherer: Gatherer, scope: Scope): Promise<void> {
  const index = createIndex(gatherer.finish());
  const dns = clusterDnsOf(index);
  if (dns === undefined) return;
  const { askServers } = await import('../collect/ask-servers.ts');
  await askServers(gatherer, dns, questionsFor(scope.pick(index)));
}

function ofService(index: ClusterIndex, namespace: string, name: string): readonly DnsRecord[] {
  if (index.get('Service', namespace, name) === undefined) throw missing(index, 'Service', namespace, name);
  return zoneOf(index)
    .all()
    .filter(({ owner }) => owner.kind === 'Service' && owner.namespace === namespace && owner.name === name);
}

/** Records that lead to a pod's addresses, back from them, and its address names. */
function ofPod(index: ClusterIndex, namespace: string, name: string): readonly DnsRecord[] {
  const pod = index.get('Pod', namespace, name);
  if (pod === undefined) throw missing(index, 'Pod', namespace, name);
  const zone = zoneOf(index);
  const addresses = podAddresses(pod);
  const reverse = new Set(addresses.map(reverseName));
  const direct = zone.all().filter((record) => addresses.includes(record.data) || reverse.has(record.name));
  const names = new Set(direct.map((record) => record.name));
  const srv = zone.all().filter(({ type, data }) => type === 'SRV' && names.has(data.split(' ')[3] ?? ''));
  const own =
    zone.podsMode === 'disabled' || pod.spec?.hostNetwork === true
      ? []
      : addresses.map(
          (data): DnsRecord => ({
            name: `${dashedAddress(data)}.${namespace}.pod.${zone.domain}`,
            type: data.includes(':') ? 'AAAA' : 'A',
            data,
            owner: { kind: 'Pod', namespace, name },
          }),
        );
  return [...direct, ...srv, ...own];
}

function missing(index: ClusterIndex, kind: 'Service' | 'Pod', namespace: string, name: string): Error {
  const unseen = whyUnseen(index, kind, namespace);
  if (unseen !== undefined) return new UnseenError(`${kind} ${namespace}/${name} could not be read`, unseen);
  const near = nearestWords(name, index.list(kind, namespace).map(nameOf));
  return new UsageError(
    `there is no ${kind} ${name} in namespace ${namespace}`,
    near.length === 0
      ? `See what there is: kubectl get ${kind.toLowerCase()}s -n ${namespace}`
      : `Did you mean ${joinNames(near)}?`,
  );
}
