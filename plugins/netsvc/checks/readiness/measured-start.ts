import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { conditionOf, runningContainers } from '../../../../shared/model/pods.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { ownerKey } from '../pods/pod-groups.ts';
import { podsIn, type ServicePod, servicePods } from '../pods/service-pods.ts';

/**
 * The slowest start seen among Ready pods of the same workload: from the start of the container to the Ready condition.
 * A pod that lost readiness and won it back shows no start; values above an hour are such ones and are left out.
 */
export function measuredStart(
  index: ClusterIndex,
  subject: ServiceSubject,
  entry: ServicePod,
): { readonly seconds: number; readonly pod: string } | undefined {
  let slowest: { seconds: number; pod: string } | undefined;
  for (const sibling of podsIn(servicePods(index, subject), 'ready')) {
    if (ownerKey(sibling) !== ownerKey(entry)) continue;
    const ready = Date.parse(conditionOf(sibling.pod, 'Ready')?.lastTransitionTime ?? '');
    const starts = runningContainers(sibling.pod).map((container) =>
      Date.parse(container.status?.state?.running?.startedAt ?? ''),
    );
    const seconds = (ready - Math.max(...starts)) / 1000;
    if (!(seconds > 0) || seconds > 3600) continue;
    if (slowest === undefined || seconds > slowest.seconds) slowest = { seconds, pod: sibling.name };
  }
  return slowest;
}
