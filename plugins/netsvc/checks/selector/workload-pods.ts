import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { controllerOf, topOwner } from '../../../../shared/model/owners.ts';
import { isFinished, isTerminating } from '../../../../shared/model/pods.ts';
import { type Ref, refKey } from '../../../../shared/model/refs.ts';

/** Pods of one workload that are there to stay; a pod that nobody owns stands for itself. */
export interface OwnedPods {
  readonly owner: Ref;
  readonly pods: readonly Pod[];
}

/** The lasting pods of a namespace by their topmost owner (`refKey`): finished and terminating ones are left out. */
export function podsByOwner(index: ClusterIndex, namespace: string): ReadonlyMap<string, OwnedPods> {
  return index.memo(`netsvc/selector/pods-by-owner/${namespace}`, () => {
    const map = new Map<string, { owner: Ref; pods: Pod[] }>();
    for (const pod of index.list('Pod', namespace)) {
      if (isFinished(pod) || isTerminating(pod)) continue;
      const owner = topOwner(index, pod) ?? { kind: 'Pod', namespace, name: pod.metadata?.name ?? '' };
      const entry = map.get(refKey(owner));
      if (entry === undefined) map.set(refKey(owner), { owner, pods: [pod] });
      else entry.pods.push(pod);
    }
    return map;
  });
}

/**
 * The labels that a pod was made with, by the template of its direct controller: what it carries beside them, or instead
 * of them, was changed on the pod itself. Undefined when the controller was not read, or its template has moved on since.
 */
export function madeWith(index: ClusterIndex, pod: Pod): Labels | undefined {
  const owner = controllerOf(pod);
  const namespace = pod.metadata?.namespace ?? '';
  const name = owner?.name ?? '';
  switch (owner?.kind) {
    case 'ReplicaSet':
    case 'ReplicationController':
      return index.get(owner.kind, namespace, name)?.spec?.template?.metadata?.labels;
    case 'StatefulSet': {
      const set = index.get('StatefulSet', namespace, name);
      const revision = pod.metadata?.labels?.['controller-revision-hash'];
      return set?.status?.updateRevision === revision ? set?.spec?.template?.metadata?.labels : undefined;
    }
    default:
      return undefined;
  }
}

/** A pod that a ReplicaSet made and no longer owns: its labels were changed, so it was let go and replaced. */
export function wasReleased(pod: Pod): boolean {
  const { generateName, name = '' } = pod.metadata ?? {};
  if (controllerOf(pod) !== undefined || generateName === undefined || !name.startsWith(generateName)) return false;
  return /-[a-z0-9]{5,10}-$/.test(generateName);
}
