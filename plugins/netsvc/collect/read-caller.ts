import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import type { CallerName } from '../targets/caller.ts';
import { readNodes } from './read-nodes.ts';
import { podsOfSmallNamespace, podsWithLabels } from './read-pods.ts';

/** The pod or workload that calls, where it runs, and the policies that may hold back what it sends. */
export async function readCaller(gatherer: Gatherer, { kind, namespace, name }: CallerName): Promise<void> {
  const [found] = await Promise.all([
    gatherer.get(kind, namespace, name) as Promise<KubeObject | undefined>,
    gatherer.get('Namespace', undefined, namespace),
    gatherer.list('NetworkPolicy', { namespace }),
    gatherer.list('CalicoNetworkPolicy', { namespace }),
    gatherer.list('CiliumNetworkPolicy', { namespace }),
  ]);
  if (found === undefined) {
    // For the nearest name.
    await (kind === 'Pod' ? podsOfSmallNamespace(gatherer, namespace) : gatherer.list(kind, { namespace }));
    return;
  }
  const pods =
    kind === 'Pod'
      ? [found as Pod]
      : await podsWithLabels(gatherer, namespace, (found as Workload).spec?.selector?.matchLabels ?? {});
  const nodes = [...new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []))];
  if (nodes.length > 0) await readNodes(gatherer, nodes, false);
}
