import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { controllerOf } from '../../../shared/model/owners.ts';
import { conditionOf, isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { jobsNamedIn } from '../checks/pods/dependencies/awaited-jobs.ts';
import { podsWithLabels } from './read-pods.ts';

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
    [...claims].slice(0, MAX_CLAIMS).map(async ([key, name]) => {
      const namespace = key.slice(0, key.indexOf('/'));
      const claim = await gatherer.get('PersistentVolumeClaim', namespace, name);
      // For the nearest name.
      if (claim === undefined) await gatherer.list('PersistentVolumeClaim', { namespace });
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
    ({ spec, status }) =>
      (status?.replicas ?? 0) < (spec?.replicas ?? 1) ||
      (status?.conditions ?? []).some(({ type }) => type === 'ReplicaFailure'),
  );
  const idle = [...deployments, ...statefulSets].some(({ spec }) => spec?.replicas === 0);
  const unplaced = pods.some((pod) => conditionOf(pod, 'PodScheduled')?.status === 'False');
  await Promise.all([
    ...(short ? [gatherer.list('ResourceQuota', { namespace }), gatherer.list('LimitRange', { namespace })] : []),
    ...(idle || short || pods.length === 0 ? [gatherer.list('HorizontalPodAutoscaler', { namespace })] : []),
    ...(unplaced ? [gatherer.list('Node')] : []),
  ]);
}

/** The Jobs that init containers wait for, and what the newest pod of each wrote. */
export async function readJobs(
  gatherer: Gatherer,
  namespace: string,
  pods: readonly Pod[],
  logs: readonly string[],
): Promise<void> {
  const waiting = pods.flatMap(({ spec, status }) => {
    const running = (status?.initContainerStatuses ?? []).filter(({ state }) => state?.running !== undefined);
    return (spec?.initContainers ?? []).filter(({ name }) => running.some((one) => one.name === name));
  });
  const words = waiting.flatMap(({ command = [], args = [] }) => [...command, ...args].join(' '));
  const named = jobsNamedIn([...words, ...logs].join('\n'));
  if (waiting.length === 0 || named.length === 0) return;
  const jobs = await gatherer.list('Job', { namespace });
  const [job] = jobs.filter((one) => named.includes(nameOf(one)));
  if (job === undefined) return;
  const own = await podsWithLabels(gatherer, namespace, { 'job-name': nameOf(job) });
  const [pod] = own.slice(-1);
  const [container] = pod?.spec?.containers ?? [];
  if (pod !== undefined && container?.name !== undefined)
    await gatherer.logs(namespace, nameOf(pod), { container: container.name, previous: false, tailLines: 5 });
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
