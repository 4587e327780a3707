import { shorten, withoutLogHead } from '../util/text.ts';
import type { ClusterIndex } from './cluster-index.ts';
import type { ContainerStatus, Pod } from './objects-pod.ts';
import { conditionOf, isFinished, isReady, isTerminating } from './pods.ts';
import { nameOf, namespaceOf } from './refs.ts';

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
  const failing =
    statuses.find((status) => status.state?.waiting !== undefined && isFailure(status)) ?? statuses.find(endsAgain);
  const since = conditionOf(pod, 'Ready')?.lastTransitionTime ?? pod.metadata?.creationTimestamp;
  if (failing === undefined && now - Date.parse(since ?? '') < GRACE && !lacksFiles(index, pod)) return undefined;
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

/** A ConfigMap or Secret that it mounts does not exist, which no waiting changes. */
function lacksFiles(index: ClusterIndex, pod: Pod): boolean {
  return index
    .events(pod, 'Pod')
    .some(({ reason, message }) => reason === 'FailedMount' && /(configmap|secret) "[^"]*" not found/.test(message));
}

/** Between two tries a container that ends again and again runs for a moment, or has just ended. */
function endsAgain({ state, lastState, restartCount = 0 }: ContainerStatus): boolean {
  if (state?.terminated !== undefined) return restartCount >= 1 && (state.terminated.exitCode ?? 0) !== 0;
  return state?.running !== undefined && restartCount >= 2 && (lastState?.terminated?.exitCode ?? 0) !== 0;
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

/** What the kubelet answers in place of a log it has removed, and what a Go library says at every start. */
const NOT_ITS_WORDS = /^(?:unable to retrieve container logs for|.{0,40}maxprocs: )/;
/** Events of a pod that cannot start, or runs and does not pass its probes. */
const HINDERED = /^(?:Failed(?:Mount|AttachVolume|MapVolume|CreatePodSandBox)|Unhealthy)$/;
/** How klog, logfmt, JSON and CoreDNS mark a line that tells of work going on. */
const WORKING = /^I\d{4} |level=(?:info|debug)\b|"level":"(?:info|debug)"|^\[(?:INFO|DEBUG)\]/i;
const COMPLAINT = /error|fail|fatal|panic|unknown|cannot|refused|denied|no such|not found|invalid/i;

/** The last line, unless it shows a program at work that was killed from outside. */
function lastWords(lines: readonly string[]): string | undefined {
  const last = lines.at(-1);
  return last === undefined || WORKING.test(last) ? undefined : last;
}

/** The last line that looks like a complaint says more than the back-off message of the kubelet. */
function messageOf(index: ClusterIndex, pod: Pod, status: ContainerStatus | undefined): string {
  for (const container of status === undefined ? (pod.spec?.containers ?? []) : [status]) {
    for (const previous of [true, false]) {
      const log = index.log(namespaceOf(pod), nameOf(pod), container.name ?? '', previous);
      const lines = (log ?? '').split('\n').filter((line) => line.trim() !== '' && !NOT_ITS_WORDS.test(line));
      const line =
        lines.findLast((text) => COMPLAINT.test(text)) ?? (status === undefined ? undefined : lastWords(lines));
      if (line !== undefined) return shorten(withoutLogHead(line), 200);
    }
  }
  const told =
    status === undefined ? index.events(pod, 'Pod').findLast(({ reason }) => HINDERED.test(reason)) : undefined;
  if (told !== undefined) return shorten(told.message, 200);
  const ended = status?.lastState?.terminated?.message ?? status?.state?.terminated?.message;
  if (ended !== undefined && ended !== '') return shorten(withoutLogHead(ended), 200);
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return shorten(scheduled.message ?? '', 200);
  const waiting = status?.state?.waiting;
  return waiting?.reason === 'CrashLoopBackOff' ? '' : shorten(waiting?.message ?? '', 200);
}
