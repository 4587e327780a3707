import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { toClusterEvent } from '../../../../shared/model/events.ts';
import type { KindName } from '../../../../shared/model/kinds.ts';
import type { ClusterEvent } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { HorizontalPodAutoscaler } from '../../../../shared/model/objects-workload.ts';
import { type OwnedWorkload, WORKLOAD_KINDS, workloadsIn } from '../../../../shared/model/owners.ts';
import { isTerminating } from '../../../../shared/model/pods.ts';
import { replicaSetsOf } from '../../../../shared/model/rollouts.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { compareText } from '../../../../shared/util/text.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';

/** The kinds that checks about workloads read beside pods. */
export const WORKLOAD_USES: readonly KindName[] = [...WORKLOAD_KINDS, 'Event'];

/** The kinds that checks about the states of pods read beside pods: `podState` looks at all of them. */
export const POD_USES: readonly KindName[] = [...WORKLOAD_USES, 'Node', 'PersistentVolumeClaim', 'Secret', 'ConfigMap'];

/** Workloads of the namespace whose template carries every label that the Service selects. */
export function workloadsBehind(index: ClusterIndex, subject: ServiceSubject): readonly OwnedWorkload[] {
  const { selector } = subject;
  if (selector === undefined) return [];
  return index.memoOf(subject.service, 'netsvc/workloads-behind', () =>
    workloadsIn(index, subject.namespace).filter(
      (workload) =>
        matchesLabels(selector, workload.template?.metadata?.labels) &&
        workload.object.metadata?.deletionTimestamp === undefined,
    ),
  );
}

/** Pods behind the Service that are not about to go. */
export function stayingPods(index: ClusterIndex, subject: ServiceSubject): readonly Pod[] {
  return subjectPods(index, subject).filter((pod) => !isTerminating(pod));
}

/** True when nobody has ever written to the object's status: a manifest that was not applied. */
export function isManifestOnly(workload: OwnedWorkload): boolean {
  const { uid, resourceVersion, creationTimestamp } = workload.object.metadata ?? {};
  return uid === undefined && resourceVersion === undefined && creationTimestamp === undefined;
}

/** Events about a workload and, of a Deployment, about its ReplicaSets; oldest first. */
export function workloadEvents(index: ClusterIndex, workload: OwnedWorkload): readonly ClusterEvent[] {
  const own = index.events(workload.object, workload.kind);
  if (workload.kind !== 'Deployment') return own;
  const ofSets = replicaSetsOf(index, workload.ref).flatMap((set) => index.events(set, 'ReplicaSet'));
  return [...own, ...ofSets].sort((a, b) => (a.lastSeen < b.lastSeen ? -1 : a.lastSeen > b.lastSeen ? 1 : 0));
}

/** The HorizontalPodAutoscaler that scales a workload. */
export function autoscalerOf(index: ClusterIndex, workload: OwnedWorkload): HorizontalPodAutoscaler | undefined {
  return index.list('HorizontalPodAutoscaler', workload.ref.namespace).find((autoscaler) => {
    const scaled = autoscaler.spec?.scaleTargetRef;
    return scaled?.kind === workload.kind && scaled.name === workload.ref.name;
  });
}

/** `Deployment web`. */
export function nameOfWorkload({ ref }: OwnedWorkload): string {
  return `${ref.kind} ${ref.name}`;
}

/** All events of a namespace, whatever they are about, oldest first: also about pods that are gone. */
export function namespaceEvents(index: ClusterIndex, namespace: string): readonly ClusterEvent[] {
  return index.memo(`netsvc/events/${namespace}`, () =>
    index
      .list('Event', namespace)
      .flatMap((object) => toClusterEvent(object) ?? [])
      .sort((a, b) => compareText(a.lastSeen, b.lastSeen)),
  );
}

/** Whether its controller makes a pod only when the one before is gone. */
export function waitsForEnd({ kind, object }: OwnedWorkload): boolean {
  return kind === 'StatefulSet' || (kind === 'Deployment' && object.spec?.strategy?.type === 'Recreate');
}
