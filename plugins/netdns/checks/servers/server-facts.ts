import type { ClusterDns } from '../../../../shared/dns/cluster-dns.ts';
import { plainLog } from '../../../../shared/dns/logs/plain-log.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { downNodes } from '../../../../shared/model/down-nodes.ts';
import type { KindName } from '../../../../shared/model/kinds.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isReady, isTerminating } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { type SickPod, sicknessOf } from '../../../../shared/model/sick-pods.ts';

/** The state of the DNS servers in numbers and names. */
export interface ServerState {
  /** Pods that are meant to answer; those that leave are not. */
  readonly pods: readonly Pod[];
  readonly ready: number;
  readonly all: number;
  readonly sick: readonly SickPod[];
  readonly sickKeys: readonly string[];
}

/** What the functions here read. */
export const SERVER_KINDS = [
  'Service',
  'Deployment',
  'DaemonSet',
  'ReplicaSet',
  'Pod',
  'ConfigMap',
  'Node',
  'EndpointSlice',
  'Event',
] as const satisfies readonly KindName[];

/** Counts from pods where they were read, else from the workload's status. */
export function serverState(index: ClusterIndex, dns: ClusterDns, now: number): ServerState {
  const pods = dns.pods.filter((pod) => !isTerminating(pod));
  const { status, spec } = dns.workload?.object ?? {};
  const wanted =
    dns.workload?.kind === 'DaemonSet'
      ? status?.desiredNumberScheduled
      : dns.workload === undefined
        ? 0
        : (spec?.replicas ?? 1);
  const told = dns.workload?.kind === 'DaemonSet' ? status?.numberReady : status?.readyReplicas;
  const sick = pods.flatMap((pod) => sicknessOf(index, pod, now) ?? []);
  const read = pods.length > 0 || index.seen('Pod', dns.namespace).status === 'ok';
  return {
    pods,
    ready: read ? pods.filter(isReady).length : (told ?? 0),
    all: read ? Math.max(pods.length, dns.workload === undefined ? 0 : (wanted ?? 0)) : (wanted ?? 0),
    sick,
    sickKeys: sick.map(({ namespace, name }) => `${namespace}/${name}`),
  };
}

/** The log of a server: that of its present run, or of the one before. */
export function serverLog(index: ClusterIndex, pod: Pod, previous = false): string {
  const logs = (pod.spec?.containers ?? []).map(
    ({ name = '' }) => index.log(namespaceOf(pod), nameOf(pod), name, previous) ?? '',
  );
  return plainLog(logs.join('\n'));
}

/** Keys of servers that run on nodes which are down. */
export function onDownNodes(index: ClusterIndex, pods: readonly Pod[]): readonly Pod[] {
  const down = downNodes(index);
  return pods.filter((pod) => down.has(pod.spec?.nodeName ?? ''));
}

/** `deployment coredns`, for a command line; empty when the workload was not read. */
export function workloadWord({ workload }: ClusterDns): string {
  return workload === undefined ? '' : `${workload.kind.toLowerCase()} ${nameOf(workload.object)}`;
}
