import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { toClusterEvent } from '../../../shared/model/events.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { conditionOf } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { PREEMPTED } from '../checks/pods/states/preemption.ts';
import { namespaceEvents } from './read-namespace.ts';
import { podsOfSmallNamespace } from './read-pods.ts';

/**
 * For whom the scheduler took a pod away: it names that pod by its UID, so that the pods of the node are asked for where
 * the namespace has none of it. Only where pods wait for a node and an event tells of it.
 */
export async function readPreemptors(gatherer: Gatherer, namespace: string, pods: readonly Pod[]): Promise<void> {
  if (!pods.some((pod) => conditionOf(pod, 'PodScheduled')?.status === 'False')) return;
  const events = (await namespaceEvents(gatherer, namespace)).flatMap((one) => toClusterEvent(one) ?? []);
  const newest = events
    .filter(({ reason }) => reason === 'Preempted')
    .sort((a, b) => (a.lastSeen < b.lastSeen ? 1 : -1));
  const [, by = '', node = ''] = PREEMPTED.exec(newest[0]?.message ?? '') ?? [];
  const known = await podsOfSmallNamespace(gatherer, namespace);
  if (node === '' || known?.some(({ metadata }) => metadata?.uid === by) === true) return;
  // A part of the pods of a system namespace would look like all of them: only the one that is meant is kept.
  const there = await gatherer.reader.list('Pod', { fieldSelector: `spec.nodeName=${node}` });
  const found = there.status === 'ok' ? there.value.find(({ metadata }) => metadata?.uid === by) : undefined;
  if (found !== undefined) await gatherer.get('Pod', namespaceOf(found), nameOf(found));
}
