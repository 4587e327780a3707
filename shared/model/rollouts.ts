import { compareText } from '../util/text.ts';
import type { ClusterIndex } from './cluster-index.ts';
import type { Condition } from './objects.ts';
import type { Pod } from './objects-pod.ts';
import type { Workload } from './objects-workload.ts';
import { controllerOf } from './owners.ts';
import { isReady, isTerminating } from './pods.ts';
import type { Ref } from './refs.ts';

/** The annotation by which the Deployment controller numbers its ReplicaSets. */
const REVISION = 'deployment.kubernetes.io/revision';
export const HASH_LABEL = 'pod-template-hash';

/** A Deployment's revisions as its ReplicaSets tell them. */
export interface Rollout {
  readonly deployment: Workload;
  /** The ReplicaSet of the template in force; undefined before the controller made it. */
  readonly current: Workload | undefined;
  /** The newest older ReplicaSet. */
  readonly previous: Workload | undefined;
  /** Ready pods that belong to older revisions. */
  readonly olderReady: number;
  readonly replicas: number;
  /** The condition ProgressDeadlineExceeded is set. */
  readonly stuck: boolean;
}

/** The rollout of the Deployment that a reference names; undefined for other kinds and when it was not read. */
export function rolloutOf(index: ClusterIndex, owner: Ref): Rollout | undefined {
  if (owner.kind !== 'Deployment') return undefined;
  return index.memo(`rollouts/${owner.namespace ?? ''}/${owner.name}`, () => {
    const deployment = index.get('Deployment', owner.namespace, owner.name);
    if (deployment === undefined) return undefined;
    const sets = replicaSetsOf(index, owner);
    const revision = deployment.metadata?.annotations?.[REVISION];
    const current = sets.find((set) => revision !== undefined && revisionOf(set) === Number(revision)) ?? sets[0];
    const older = sets.filter((set) => set !== current && revisionOf(set) < (current ? revisionOf(current) : 0));
    return {
      deployment,
      current,
      previous: older[0],
      olderReady: older.reduce((sum, set) => sum + readyPodsOf(index, set), 0),
      replicas: deployment.spec?.replicas ?? 1,
      stuck: conditionOfWorkload(deployment, 'Progressing')?.reason === 'ProgressDeadlineExceeded',
    };
  });
}

/** ReplicaSets of a Deployment, newest revision first. */
export function replicaSetsOf(index: ClusterIndex, owner: Ref): readonly Workload[] {
  return replicaSetsByOwner(index, owner.namespace ?? '').get(owner.name) ?? [];
}

function replicaSetsByOwner(index: ClusterIndex, namespace: string): ReadonlyMap<string, readonly Workload[]> {
  return index.memo(`rollouts/replica-sets/${namespace}`, () => {
    const map = new Map<string, Workload[]>();
    for (const set of index.list('ReplicaSet', namespace)) {
      const controller = controllerOf(set);
      if (controller?.kind !== 'Deployment') continue;
      const list = map.get(controller.name ?? '');
      if (list === undefined) map.set(controller.name ?? '', [set]);
      else list.push(set);
    }
    for (const sets of map.values()) {
      sets.sort((a, b) => revisionOf(b) - revisionOf(a) || compareText(a.metadata?.name ?? '', b.metadata?.name ?? ''));
    }
    return map;
  });
}

/** The revision number of a ReplicaSet; 0 when it carries none. */
export function revisionOf(set: Workload): number {
  return Number(set.metadata?.annotations?.[REVISION] ?? 0) || 0;
}

/** True when a pod was made from the Deployment's template in force. */
export function isOfCurrentRevision(rollout: Rollout, pod: Pod): boolean {
  const hash = rollout.current?.metadata?.labels?.[HASH_LABEL];
  const owner = controllerOf(pod)?.name;
  return (
    owner === rollout.current?.metadata?.name || (hash !== undefined && pod.metadata?.labels?.[HASH_LABEL] === hash)
  );
}

/** A condition of a workload by its type. */
export function conditionOfWorkload(object: Workload, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

function readyPodsOf(index: ClusterIndex, set: Workload): number {
  const name = set.metadata?.name;
  const pods = index.list('Pod', set.metadata?.namespace).filter((pod) => controllerOf(pod)?.name === name);
  if (pods.length === 0) return set.status?.readyReplicas ?? 0;
  return pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length;
}
