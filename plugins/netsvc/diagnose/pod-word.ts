import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod, Probe } from '../../../shared/model/objects-pod.ts';
import type { RunningContainer } from '../../../shared/model/pods.ts';
import { conditionOf, initContainers, isReady, isTerminating, runningContainers } from '../../../shared/model/pods.ts';
import { ago } from '../../../shared/util/duration.ts';
import { hideSecrets } from '../../../shared/util/hide-secrets.ts';
import { shorten } from '../../../shared/util/text.ts';

/** Why a pod gets no requests, in a few words for a table; empty for a pod that is ready. */
export function podWord(index: ClusterIndex, pod: Pod): string {
  if (isTerminating(pod)) return `terminating since ${ago(pod.metadata?.deletionTimestamp, index.now) || 'now'}`;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
    return `ended: ${pod.status.reason ?? pod.status.phase}`;
  }
  if (isReady(pod)) return '';
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False')
    return shorten(`not scheduled: ${scheduled.message ?? scheduled.reason ?? ''}`, 160);
  const stuck = [...initContainers(pod), ...runningContainers(pod)].map(containerWord).find((word) => word !== '');
  if (stuck !== undefined) return stuck;
  const unready = runningContainers(pod).filter(({ status }) => status?.ready !== true);
  if (unready.length > 0) return unready.map((container) => unreadyWord(index, pod, container)).join('; ');
  return gateWord(pod) ?? conditionOf(pod, 'Ready')?.reason ?? pod.status?.phase ?? 'unknown';
}

/** A container that waits or has ended. */
function containerWord({ name, status }: RunningContainer): string {
  const { waiting, terminated } = status?.state ?? {};
  const last = status?.lastState?.terminated;
  if (waiting !== undefined && waiting.reason !== 'PodInitializing') {
    const exit =
      last === undefined ? '' : ` (exit ${last.exitCode ?? '?'}${last.reason === 'OOMKilled' ? ' OOMKilled' : ''})`;
    return `${name}: ${waiting.reason ?? 'waiting'}${exit}`;
  }
  if (terminated !== undefined && terminated.exitCode !== 0) {
    return `${name}: ${terminated.reason ?? 'ended'} (exit ${terminated.exitCode ?? '?'})`;
  }
  return '';
}

function unreadyWord(index: ClusterIndex, pod: Pod, { name, spec, status }: RunningContainer): string {
  if (status?.started === false && spec.startupProbe !== undefined) return `${name}: startup probe has not passed yet`;
  const failure = index
    .events(pod, 'Pod')
    .filter((event) => event.reason === 'Unhealthy' && event.message.startsWith('Readiness'))
    .filter((event) => event.object.fieldPath === undefined || event.object.fieldPath.includes(`{${name}}`))
    .at(-1);
  if (failure !== undefined) return `${name}: ${shorten(hideSecrets(failure.message), 120)}`;
  if (spec.readinessProbe === undefined) return `${name}: not running yet`;
  return `${name}: readiness probe ${probeWord(spec.readinessProbe)} has not passed`;
}

function probeWord(probe: Probe): string {
  if (probe.httpGet !== undefined) return `http :${probe.httpGet.port ?? ''}${hideSecrets(probe.httpGet.path ?? '/')}`;
  if (probe.tcpSocket !== undefined) return `tcp :${probe.tcpSocket.port ?? ''}`;
  if (probe.grpc !== undefined) return `grpc :${probe.grpc.port ?? ''}`;
  return `exec ${shorten(hideSecrets((probe.exec?.command ?? []).join(' ')), 40)}`;
}

function gateWord(pod: Pod): string | undefined {
  const gate = (pod.spec?.readinessGates ?? []).find(
    ({ conditionType = '' }) => conditionOf(pod, conditionType)?.status !== 'True',
  );
  return gate === undefined ? undefined : `readiness gate ${gate.conditionType ?? ''} is not True`;
}
