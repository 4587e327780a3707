import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Container, Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, type PodUnit, podUnit, type RangeUnit } from '../../../../shared/policy/rules/units.ts';
import { selectedPods, serviceTargets } from '../../../../shared/policy/services/service-targets.ts';
import { parseCidr } from '../../../../shared/util/addresses.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';

/** Where pods ask for names, as far as the facts tell. */
export interface DnsServers {
  /** One pod for each set of labels that answers; an imagined one where none was seen. */
  readonly pods: readonly PodUnit[];
  /** What the pods listen on behind the Service. */
  readonly udp: number;
  readonly tcp: number;
  /** `Service kube-system/kube-dns`; undefined when it was not seen. */
  readonly service: Service | undefined;
  /** The addresses that the NodeLocal cache answers at; empty when there is none. */
  readonly nodeLocal: readonly string[];
}

/** The DNS Service of kubeadm and most distributions, of OpenShift, and the pods behind them. */
const SERVICES = [
  ['kube-system', 'kube-dns'],
  ['kube-system', 'coredns'],
  ['kube-system', 'rke2-coredns-rke2-coredns'],
  ['openshift-dns', 'dns-default'],
] as const;

/** The DNS servers that pods of the cluster ask, found once for all checks. */
export function dnsServersIn(index: ClusterIndex): DnsServers {
  return index.memo('netpol/lint/dns-servers', () => find(index));
}

function find(index: ClusterIndex): DnsServers {
  const model = lintModelIn(index);
  const service = SERVICES.map(([namespace, name]) => index.get('Service', namespace, name)).find(
    (found) => found !== undefined,
  );
  const space = service?.metadata?.namespace ?? 'kube-system';
  const behind = service === undefined ? [] : selectedPods(service, index.list('Pod', space));
  const pods = behind.length > 0 ? behind : index.list('Pod', space).filter(isDnsPod);
  const units = distinct(pods).map((pod) => model.unitOf(pod));
  return {
    pods: units.length > 0 ? units : [imagined(index)],
    udp: portOf(service, pods, 'UDP'),
    tcp: portOf(service, pods, 'TCP'),
    service,
    nodeLocal: nodeLocalAddresses(index),
  };
}

function isDnsPod(pod: Pod): boolean {
  const labels = pod.metadata?.labels ?? {};
  return !isFinished(pod) && (labels['k8s-app'] === 'kube-dns' || labels['k8s-app'] === 'coredns');
}

/** Replicas say the same. */
function distinct(pods: readonly Pod[]): readonly Pod[] {
  const seen = new Map(pods.map((pod) => [JSON.stringify(pod.metadata?.labels ?? {}), pod]));
  return [...seen.values()];
}

/**
 * With rights in one namespace, or manifests of one application, the DNS pods are not seen. They are where they are in
 * nearly every cluster; labels beyond the one that all share are unknown, which leaves rules that ask for them undecided.
 */
function imagined(index: ClusterIndex): PodUnit {
  const labels = { 'k8s-app': 'kube-dns' };
  const pod: Pod = { metadata: { name: 'coredns', namespace: 'kube-system', labels } };
  const unit = podUnit(pod, lintModelIn(index).namespaceOf('kube-system'));
  return { ...unit, addresses: [], labels: { labels, complete: false } };
}

function portOf(service: Service | undefined, pods: readonly Pod[], protocol: 'UDP' | 'TCP'): number {
  if (service === undefined) return 53;
  const entry = serviceTargets(service, pods, 53).find((port) => port.protocol === protocol);
  return entry?.targets.map(({ port }) => port).find((port) => port !== undefined) ?? 53;
}

const NODE_LOCAL = '169.254.20.10';

/** The addresses that the cache on the nodes answers at; none where there is no cache. */
export function nodeLocalAddresses(index: ClusterIndex): readonly string[] {
  const sets = index.list('DaemonSet', 'kube-system').filter(({ metadata, spec }) => {
    const labels = { ...metadata?.labels, ...spec?.template?.metadata?.labels };
    return metadata?.name === 'node-local-dns' || labels['k8s-app'] === 'node-local-dns';
  });
  const pods = index
    .list('Pod', 'kube-system')
    .filter(({ metadata }) => metadata?.labels?.['k8s-app'] === 'node-local-dns');
  if (sets.length + pods.length === 0) return [];
  const containers = [...sets.map(({ spec }) => spec?.template?.spec), ...pods.map(({ spec }) => spec)].flatMap(
    (spec) => spec?.containers ?? [],
  );
  const listed = containers.flatMap(localAddresses);
  return listed.length > 0 ? [...new Set(listed)] : [NODE_LOCAL];
}

/** `-localip 169.254.20.10,10.96.0.10` of node-local-dns. */
function localAddresses({ args = [], command = [] }: Container): readonly string[] {
  const words = [...command, ...args];
  const at = words.findIndex((word) => /^--?localip$/.test(word));
  const joined = words.find((word) => /^--?localip=/.test(word));
  const value = at >= 0 ? words[at + 1] : joined?.slice(joined.indexOf('=') + 1);
  return (value ?? '').split(',').filter((text) => parseCidr(text) !== undefined);
}

/** One address as the other end of a connection. */
export function addressUnit(address: string): RangeUnit | undefined {
  const range = parseCidr(address);
  return range === undefined ? undefined : { type: 'range', range };
}
