import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ContainerStatus, Pod } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { controllerOf } from '../../../../shared/model/owners.ts';
import { conditionOf, isFinished, isReady, isTerminating } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { plural, shorten } from '../../../../shared/util/text.ts';

/** A pod of the system that does not do its work, with the reason in a few words. */
export interface SickPod {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  /** `CrashLoopBackOff, exit code 1`, `not ready`. */
  readonly reason: string;
  /** The message of the kubelet, or the last line it wrote; empty when there is none. */
  readonly message: string;
  readonly since: string | undefined;
}

/** How long a system pod may take after a start or an update before it counts as sick, in milliseconds. */
const GRACE = 60_000;

/** The sickness of one pod; undefined while it is ready, leaving, or young. */
export function sicknessOf(index: ClusterIndex, pod: Pod, now: number): SickPod | undefined {
  if (isReady(pod) || isTerminating(pod) || isFinished(pod)) return undefined;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const failing = statuses.find((status) => status.state?.waiting !== undefined && isFailure(status));
  const since = conditionOf(pod, 'Ready')?.lastTransitionTime ?? pod.metadata?.creationTimestamp;
  if (failing === undefined && now - Date.parse(since ?? '') < GRACE) return undefined;
  const ended = statuses.find(
    (status) => status.state?.terminated !== undefined && (status.state.terminated.exitCode ?? 0) !== 0,
  );
  return {
    name: nameOf(pod),
    namespace: namespaceOf(pod),
    node: pod.spec?.nodeName ?? '',
    reason: reasonOf(pod, failing ?? ended),
    message: messageOf(index, pod, failing ?? ended),
    since,
  };
}

/** Waiting for a reason that does not go away by itself. */
function isFailure(status: ContainerStatus): boolean {
  return !/^(ContainerCreating|PodInitializing|)$/.test(status.state?.waiting?.reason ?? '');
}

function reasonOf(pod: Pod, status: ContainerStatus | undefined): string {
  const waiting = status?.state?.waiting?.reason;
  const ended = status?.lastState?.terminated ?? status?.state?.terminated;
  const code = ended?.exitCode === undefined ? '' : `exit code ${ended.exitCode}`;
  const why = ended?.reason === undefined || ended.reason === 'Error' ? '' : ended.reason;
  if (waiting !== undefined) return [waiting, why, code].filter((part) => part !== '').join(', ');
  if (ended !== undefined) return [why, code].filter((part) => part !== '').join(', ') || 'ended';
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return `Pending, ${scheduled.reason ?? 'not scheduled'}`;
  return pod.status?.phase === 'Pending' ? 'Pending' : 'not ready';
}

/** The last line that looks like a complaint says more than the back-off message of the kubelet. */
function messageOf(index: ClusterIndex, pod: Pod, status: ContainerStatus | undefined): string {
  for (const container of status === undefined ? (pod.spec?.containers ?? []) : [status]) {
    for (const previous of [true, false]) {
      const log = index.log(namespaceOf(pod), nameOf(pod), container.name ?? '', previous);
      const lines = (log ?? '').split('\n').filter((line) => line.trim() !== '');
      const line =
        lines.findLast((text) => /error|fail|fatal|panic|unknown|cannot|refused/i.test(text)) ?? lines.at(-1);
      if (line !== undefined) return shorten(line, 200);
    }
  }
  const ended = status?.lastState?.terminated?.message ?? status?.state?.terminated?.message;
  if (ended !== undefined && ended !== '') return shorten(ended, 200);
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return shorten(scheduled.message ?? '', 200);
  const waiting = status?.state?.waiting;
  return /BackOff$/.test(waiting?.reason ?? '') ? '' : shorten(waiting?.message ?? '', 200);
}

/** `kube-proxy-x on node2: CrashLoopBackOff, exit code 1, not ready for 5m`. */
export function sickEvidence(sick: SickPod, now: number): Evidence {
  const since = ago(sick.since, now).replace(' ago', '');
  return {
    fact:
      `${sick.name}${sick.node === '' ? '' : ` on ${sick.node}`}: ${sick.reason}` +
      (since === '' ? '' : `, not ready for ${since}`) +
      (sick.message === '' ? '' : `: ${sick.message}`),
    source: `Pod ${sick.namespace}/${sick.name}`,
  };
}

/** An agent that runs on every node, as far as its DaemonSet and pods were read. */
export interface Agent {
  readonly set: Workload;
  readonly desired: number;
  readonly ready: number;
  readonly sick: readonly SickPod[];
  /** Nodes on which a pod of it runs; undefined when its pods were not read. */
  readonly nodes: ReadonlySet<string> | undefined;
}

/** The state of a DaemonSet: its own count, and its pods where they were read. */
export function agentOf(index: ClusterIndex, set: Workload, now: number): Agent {
  return index.memo(`cluster/agent/${namespaceOf(set)}/${nameOf(set)}`, () => lookAt(index, set, now));
}

function lookAt(index: ClusterIndex, set: Workload, now: number): Agent {
  const namespace = namespaceOf(set);
  const pods = index
    .list('Pod', namespace)
    .filter((pod) => controllerOf(pod)?.kind === 'DaemonSet' && controllerOf(pod)?.name === nameOf(set));
  return {
    set,
    desired: set.status?.desiredNumberScheduled ?? 0,
    ready: set.status?.numberReady ?? 0,
    sick: pods.flatMap((pod) => sicknessOf(index, pod, now) ?? []),
    nodes: pods.length === 0 ? undefined : new Set(pods.flatMap((pod) => pod.spec?.nodeName ?? [])),
  };
}

/** What the DaemonSet itself says, as evidence. */
export function agentEvidence(agent: Agent): Evidence {
  return {
    fact: `${agent.ready} of ${plural(agent.desired, 'pod')} ready`,
    source: `${formatRef(refOf(agent.set, 'DaemonSet'))} status`,
  };
}

/** DaemonSets whose name fits, of all namespaces that were read. */
export function daemonSetsLike(index: ClusterIndex, shape: RegExp): readonly Workload[] {
  return index.list('DaemonSet').filter((set) => shape.test(nameOf(set)));
}

/** Names of nodes that are down: what runs there is the concern of the checks on pods. */
export function downNodes(index: ClusterIndex): ReadonlySet<string> {
  return index.memo('cluster/down-nodes', () => {
    const down = index.list('Node').filter((node) => {
      const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
      return ready === 'False' || ready === 'Unknown';
    });
    return new Set(down.map(nameOf));
  });
}
