import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { OwnedWorkload } from '../../../../shared/model/owners.ts';
import { isTerminating } from '../../../../shared/model/pods.ts';
import { refKey } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { madeWith, podsByOwner } from './workload-pods.ts';
import { workloadsMatching } from './workloads-matching.ts';

/** Lasting pods of a workload that the Service misses although the workload's template carries every wanted label. */
export interface Missed {
  readonly workload: OwnedWorkload;
  /** Made with the wanted labels and changed since, on the pod itself. */
  readonly relabelled: readonly Pod[];
  /** Made from an older template, which had other labels. */
  readonly outdated: readonly Pod[];
}

/** Every workload behind the Service that has pods which the Service does not select. */
export function missedPods(index: ClusterIndex, subject: ServiceSubject): readonly Missed[] {
  const { selector } = subject;
  if (selector === undefined || !index.seen('Pod', subject.namespace).whole) return [];
  return index.memoOf(subject.service, 'netsvc/selector/missed', () =>
    workloadsMatching(index, subject.namespace, selector).flatMap((workload) => {
      const owned = podsByOwner(index, subject.namespace).get(refKey(workload.ref))?.pods ?? [];
      const missed = owned.filter((pod) => !matchesLabels(selector, pod.metadata?.labels));
      const relabelled = missed.filter((pod) => wasRelabelled(index, pod, selector, workload));
      const outdated = missed.filter((pod) => !relabelled.includes(pod));
      return missed.length === 0 ? [] : [{ workload, relabelled, outdated }];
    }),
  );
}

function wasRelabelled(index: ClusterIndex, pod: Pod, selector: Labels, { kind, object }: OwnedWorkload): boolean {
  const made = madeWith(index, pod);
  if (made !== undefined) return matchesLabels(selector, made);
  // Where the ReplicaSets were not read: with every pod updated, all were made from the template as it is.
  const { updatedReplicas, replicas, observedGeneration } = object.status ?? {};
  if (
    kind !== 'Deployment' ||
    updatedReplicas === undefined ||
    index.seen('ReplicaSet', object.metadata?.namespace).status === 'ok'
  )
    return false;
  return updatedReplicas === replicas && observedGeneration === object.metadata?.generation;
}

/** How many selected pods are there to stay. */
export function lastingPods(index: ClusterIndex, subject: ServiceSubject): number {
  return subjectPods(index, subject).filter((pod) => !isTerminating(pod)).length;
}
