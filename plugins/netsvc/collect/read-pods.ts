import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Labels } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { formatLabels, matchesLabels } from '../../../shared/model/selectors.ts';

/**
 * A namespace with no more pods than this is read whole, in one request that need not wait for the Service: its other
 * pods tell more about a selector than the selected ones. A larger one is asked by selector.
 */
const SMALL = 500;

/** The pods of a namespace that are read in any case; undefined when there are more, or they could not be read. */
export async function podsOfSmallNamespace(gatherer: Gatherer, namespace: string): Promise<readonly Pod[] | undefined> {
  const result = await gatherer.tryList('Pod', { namespace, max: SMALL });
  return result.status === 'ok' && result.truncated !== true ? result.value : undefined;
}

/** The pods with these labels. */
export async function podsWithLabels(gatherer: Gatherer, namespace: string, labels: Labels): Promise<readonly Pod[]> {
  const all = await podsOfSmallNamespace(gatherer, namespace);
  if (all !== undefined) return all.filter((pod) => matchesLabels(labels, pod.metadata?.labels));
  return gatherer.list('Pod', { namespace, labelSelector: formatLabels(labels) });
}

/** Every pod of a namespace, however many there are. */
export async function allPods(gatherer: Gatherer, namespace: string): Promise<readonly Pod[]> {
  return (await podsOfSmallNamespace(gatherer, namespace)) ?? gatherer.list('Pod', { namespace });
}
