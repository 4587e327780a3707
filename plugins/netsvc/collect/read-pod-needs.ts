import type { Gatherer } from '../../../shared/collect/gather.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { controllerOf } from '../../../shared/model/owners.ts';
import { conditionOf, isReady } from '../../../shared/model/pods.ts';
import { namespaceOf } from '../../../shared/model/refs.ts';

const MAX_CLAIMS = 10;

/** The volume claims of pods that have not started: an unbound one explains why. */
export async function readPodStorage(gatherer: Gatherer, pods: readonly Pod[]): Promise<void> {
  const waiting = pods.filter((pod) => pod.status?.phase === 'Pending');
  const claims = new Map<string, string>();
  for (const pod of waiting) {
    for (const volume of pod.spec?.volumes ?? []) {
      const name = volume.persistentVolumeClaim?.claimName;
      if (name !== undefined) claims.set(`${namespaceOf(pod)}/${name}`, name);
    }
  }
  await Promise.all(
    [...claims].slice(0, MAX_CLAIMS).map(([key, name]) => {
      const namespace = key.slice(0, key.indexOf('/'));
      return gatherer.get('PersistentVolumeClaim', namespace, name);
    }),
  );
}

/**
 * Quotas and limits of a namespace, where they may be what stops pods; autoscalers, where one may have; nodes, where none
 * took a pod.
 */
export async function readQuotas(gatherer: Gatherer, namespace: string, pods: readonly Pod[]): Promise<void> {
  const [deployments, statefulSets] = await Promise.all([
    gatherer.list('Deployment', { namespace }),
    gatherer.list('StatefulSet', { namespace }),
  ]);
  const short = [...deployments, ...statefulSets].some(
    ({ spec, status }) => (status?.replicas ?? 0) < (spec?.replicas ?? 1),
  );
  const idle = [...deployments, ...statefulSets].some(({ spec }) => spec?.replicas === 0);
  const unplaced = pods.some((pod) => conditionOf(pod, 'PodScheduled')?.status === 'False');
  await Promise.all([
    ...(short ? [gatherer.list('ResourceQuota', { namespace }), gatherer.list('LimitRange', { namespace })] : []),
    ...(idle || short || pods.length === 0 ? [gatherer.list('HorizontalPodAutoscaler', { namespace })] : []),
    ...(unplaced ? [gatherer.list('Node')] : []),
  ]);
}

/**
 * Who leads, in namespaces where a workload has ready pods and others that are not: apps that elect a leader may be so on
 * purpose.
 */
export async function readLeases(gatherer: Gatherer, pods: readonly Pod[]): Promise<void> {
  const seen = new Map<string, boolean>();
  const mixed = new Set<string>();
  for (const pod of pods) {
    const owner = `${namespaceOf(pod)}/${controllerOf(pod)?.name ?? ''}`;
    const ready = isReady(pod);
    if ((seen.get(owner) ?? ready) !== ready) mixed.add(namespaceOf(pod));
    seen.set(owner, ready);
  }
  await Promise.all([...mixed].slice(0, MAX_LEASES).map((namespace) => gatherer.list('Lease', { namespace })));
}

/** Namespaces of a sweep that are asked for leases. */
const MAX_LEASES = 20;
