import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import type { CallerName } from '../targets/caller.ts';
import { DNS_SERVERS, dnsPods } from './read-namespace.ts';
import { readNodes } from './read-nodes.ts';
import { podsOfSmallNamespace, podsWithLabels } from './read-pods.ts';

/** What may keep a caller from the cluster's DNS: policies of its own, or those on the servers. */
async function readWayToDns(gatherer: Gatherer, own: readonly NetworkPolicy[]): Promise<void> {
  const theirs = await gatherer.list('NetworkPolicy', { namespace: DNS_SERVERS.namespace });
  if (own.length + theirs.length === 0) return;
  await Promise.all([dnsPods(gatherer), gatherer.get('Namespace', undefined, DNS_SERVERS.namespace)]);
}

/** The pod or workload that calls, where it runs, and the policies that may hold back what it sends. */
export async function readCaller(gatherer: Gatherer, { kind, namespace, name }: CallerName): Promise<void> {
  const [found] = await Promise.all([
    gatherer.get(kind, namespace, name) as Promise<KubeObject | undefined>,
    gatherer.get('Namespace', undefined, namespace),
    gatherer.list('NetworkPolicy', { namespace }).then((own) => readWayToDns(gatherer, own)),
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
