import type { ClusterIndex } from './cluster-index.ts';
import type { KindName } from './kinds.ts';
import type { KubeObject, OwnerReference } from './objects.ts';
import type { PodTemplate, Workload } from './objects-workload.ts';
import { otherWorkloads } from './other-workloads.ts';
import type { Ref } from './refs.ts';
import { refOf } from './refs.ts';

/** The kinds that make pods, in the order in which they are asked. */
export const WORKLOAD_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
] as const satisfies readonly KindName[];

export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

export interface OwnedWorkload {
  /** Of `WORKLOAD_KINDS`, or the kind of an operator: DeploymentConfig, Rollout. */
  readonly kind: string;
  readonly ref: Ref;
  readonly object: Workload;
  readonly template: PodTemplate | undefined;
}

/** The controller among an object's owners. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  const owners = object.metadata?.ownerReferences ?? [];
  return owners.find((owner) => owner.controller === true) ?? owners[0];
}

/**
 * Workloads of a namespace that nobody owns (a ReplicaSet of a Deployment is left out), with their pod templates. One that
 * an operator owns counts while it has no pods: those that it has lead to the operator's own object.
 */
export function workloadsIn(index: ClusterIndex, namespace: string): readonly OwnedWorkload[] {
  return index.memo(`owners/workloads/${namespace}`, () => {
    const others = othersIn(index, namespace);
    const isOther = ({ kind, name }: OwnerReference): boolean =>
      others.some(({ ref }) => ref.kind === kind && ref.name === name);
    const known = WORKLOAD_KINDS.flatMap((kind) =>
      index.list(kind, namespace).flatMap((object) => {
        const owner = controllerOf(object);
        if (owner === undefined) return [toOwned(kind, object)];
        return isOther(owner) ? [] : (ofOperator(index, kind, object, owner) ?? []);
      }),
    );
    return [...known, ...others];
  });
}

/** DeploymentConfigs, Rollouts and the like of a namespace, where files hold them. */
function othersIn(index: ClusterIndex, namespace: string | undefined): readonly OwnedWorkload[] {
  const all = index.memo('owners/others', () =>
    otherWorkloads(index.others).map(({ kind, object }) => toOwned(kind, object)),
  );
  return all.filter(({ ref }) => ref.namespace === namespace);
}

function ofOperator(
  index: ClusterIndex,
  kind: WorkloadKind,
  object: Workload,
  owner: OwnerReference,
): OwnedWorkload | undefined {
  const { replicas = 0, currentNumberScheduled = 0 } = object.status ?? {};
  const known = WORKLOAD_KINDS.some((one) => one === owner.kind);
  if (known || kind === 'Job' || kind === 'CronJob' || replicas > 0 || currentNumberScheduled > 0) return undefined;
  if (kind !== 'ReplicaSet' && kind !== 'ReplicationController') return toOwned(kind, object);
  // Of the sets of a Rollout or DeploymentConfig, each a revision, the newest says what it wants, and the owner is scaled.
  const namespace = object.metadata?.namespace ?? '';
  const since = (one: Workload): string => one.metadata?.creationTimestamp ?? '';
  const overtakes = (one: Workload): boolean => since(one) > since(object) || (one.status?.replicas ?? 0) > 0;
  if (index.list(kind, namespace).some((one) => controllerOf(one)?.name === owner.name && overtakes(one)))
    return undefined;
  return { ...toOwned(kind, object), ref: { kind: owner.kind ?? '', namespace, name: owner.name ?? '' } };
}

function toOwned(kind: string, object: Workload): OwnedWorkload {
  const template = kind === 'CronJob' ? object.spec?.jobTemplate?.spec?.template : object.spec?.template;
  return { kind, ref: refOf(object, kind), object, template };
}

/**
 * The topmost owner of a pod that is known: the Deployment behind its ReplicaSet, a custom controller by name only.
 * Without the ReplicaSet at hand its Deployment's name is read off `pod-template-hash`, which the Deployment controller
 * appends to the ReplicaSet's name.
 */
export function topOwner(index: ClusterIndex, object: KubeObject): Ref | undefined {
  const namespace = object.metadata?.namespace ?? '';
  let owner = controllerOf(object);
  let top: Ref | undefined;
  for (let step = 0; owner !== undefined && step < 5; step++) {
    const ref: Ref = { kind: owner.kind ?? '', namespace, name: owner.name ?? '' };
    top = ref;
    const kind = WORKLOAD_KINDS.find((candidate) => candidate === owner?.kind);
    const found = kind === undefined ? undefined : index.get(kind, namespace, ref.name);
    if (found === undefined) return deploymentByHash(object, ref) ?? ref;
    owner = controllerOf(found);
  }
  return top;
}

/** The topmost owner of a pod, or the pod itself when nobody owns it. */
export function ownerOrPod(index: ClusterIndex, pod: KubeObject): Ref {
  return topOwner(index, pod) ?? refOf(pod, 'Pod');
}

/** The Deployment that a ReplicaSet belongs to by its name: the controller appends the hash that the pods carry. */
export function deploymentByHash(object: KubeObject, owner: Ref): Ref | undefined {
  const hash = object.metadata?.labels?.['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || hash === undefined || !owner.name.endsWith(`-${hash}`)) return undefined;
  return { ...owner, kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) };
}

/** The topmost owner as an object with its template, when it was read. */
export function ownerWorkload(index: ClusterIndex, object: KubeObject): OwnedWorkload | undefined {
  const ref = topOwner(index, object);
  if (ref === undefined) return undefined;
  const kind = WORKLOAD_KINDS.find((candidate) => candidate === ref.kind);
  if (kind === undefined)
    return othersIn(index, ref.namespace).find((other) => other.kind === ref.kind && other.ref.name === ref.name);
  const found = index.get(kind, ref.namespace, ref.name);
  return found === undefined ? undefined : toOwned(kind, found);
}
