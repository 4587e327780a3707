import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { conditionOf, runningContainers } from '../../../../shared/model/pods.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { ownerKey } from '../pods/pod-groups.ts';
import { podsIn, type ServicePod, servicePods } from '../pods/service-pods.ts';

/** A start that was seen: a pod that is Ready, and how long after its start it was. */
export interface SeenStart {
  readonly seconds: number;
  readonly entry: ServicePod;
}

/**
 * The starts of the Ready pods of the same workload, the quickest first: from the start of the container to the Ready
 * condition. A pod that lost readiness and won it back shows no start; values above an hour are such ones and are left out.
 */
export function startsSeen(
  index: ClusterIndex,
  subject: ServiceSubject,
  of: Pick<ServicePod, 'owner'>,
): readonly SeenStart[] {
  const found: SeenStart[] = [];
  for (const entry of podsIn(servicePods(index, subject), 'ready')) {
    if (ownerKey(entry) !== ownerKey(of)) continue;
    const ready = Date.parse(conditionOf(entry.pod, 'Ready')?.lastTransitionTime ?? '');
    const starts = runningContainers(entry.pod).map((container) =>
      Date.parse(container.status?.state?.running?.startedAt ?? ''),
    );
    const seconds = (ready - Math.max(...starts)) / 1000;
    if (seconds > 0 && seconds <= 3600) found.push({ seconds, entry });
  }
  return found.sort((a, b) => a.seconds - b.seconds);
}
