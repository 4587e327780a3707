import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { isFinished } from '../../../../../shared/model/pods.ts';

/** The end that a kubelet made of a pod. */
export interface Eviction {
  /** ISO time. */
  readonly time: string;
  /** What it was short of, in the kubelet's words; empty when it left none. */
  readonly message: string;
}

/**
 * How a finished pod was evicted; undefined when it was not. The kubelet writes the reason into the status, except when
 * the containers obey its signal and exit with 0: the pod is then Completed like any other, and only an event tells.
 */
export function evictionOf(index: ClusterIndex, pod: Pod): Eviction | undefined {
  if (!isFinished(pod)) return undefined;
  const event = index.events(pod, 'Pod').findLast(({ reason }) => reason === 'Evicted');
  if (pod.status?.reason !== 'Evicted' && event === undefined) return undefined;
  const disrupted = pod.status?.conditions?.find((condition) => condition.type === 'DisruptionTarget');
  return {
    time: disrupted?.lastTransitionTime ?? event?.lastSeen ?? pod.status?.startTime ?? '',
    message: pod.status?.message ?? event?.message ?? '',
  };
}
