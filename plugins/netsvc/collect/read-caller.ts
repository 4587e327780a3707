import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Caller } from '../targets/caller.ts';
import { readNodes } from './read-nodes.ts';
import { podsOfSmallNamespace } from './read-pods.ts';

/** The pod that calls, where it runs, and the policies that may hold back what it sends. */
export async function readCaller(gatherer: Gatherer, caller: Caller): Promise<void> {
  const { namespace } = caller;
  const [pod] = await Promise.all([
    gatherer.get('Pod', namespace, caller.pod),
    gatherer.get('Namespace', undefined, namespace),
    gatherer.list('NetworkPolicy', { namespace }),
    gatherer.list('CalicoNetworkPolicy', { namespace }),
    gatherer.list('CiliumNetworkPolicy', { namespace }),
  ]);
  // For the nearest name.
  if (pod === undefined) await podsOfSmallNamespace(gatherer, namespace);
  const node = pod?.spec?.nodeName;
  if (node !== undefined) await readNodes(gatherer, [node], false);
}
