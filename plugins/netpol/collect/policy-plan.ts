import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import { NETWORK_KINDS, OWN_NETWORK_LABEL } from '../own-networks.ts';
import type { NamespacedPolicyKind } from '../policy-facts.ts';
import { CLUSTER_POLICY_KINDS, NAMESPACED_POLICY_KINDS } from '../policy-facts.ts';
import { BEHIND_GATEWAYS } from '../ways-in.ts';

/** Which namespaces a question is about; `all` where anybody may be the answer. */
export type Scope = 'all' | readonly string[];

/**
 * What any question about policies needs: the policies and pods of the namespaces concerned, labels of namespaces, nodes
 * and the cluster-wide policies. Whoever may not list the whole cluster gets the namespaces named in `own`.
 */
export async function readPolicies(gatherer: Gatherer, scope: Scope, own: readonly string[]): Promise<void> {
  await Promise.all([
    ...CLUSTER_POLICY_KINDS.map((kind) => gatherer.list(kind)),
    gatherer.list('Node'),
    readNamespaces(gatherer, own),
    ...(['Pod', ...NAMESPACED_POLICY_KINDS] as const).map((kind) => readNamespaced(gatherer, kind, scope, own)),
    // All pods show the agents on the nodes as well; a few namespaces do not.
    ...(scope === 'all' ? [] : [gatherer.list('DaemonSet')]),
  ]);
}

async function readNamespaced(
  gatherer: Gatherer,
  kind: 'Pod' | NamespacedPolicyKind,
  scope: Scope,
  own: readonly string[],
): Promise<void> {
  if (scope === 'all') {
    const { status } = await gatherer.tryList(kind);
    if (status !== 'forbidden') return;
  }
  const namespaces = scope === 'all' ? own : scope;
  await Promise.all(namespaces.map((namespace) => gatherer.list(kind, { namespace })));
}

/**
 * Labels of all namespaces, else of those that can be asked for by name; and which of them share a network, and which are
 * connected, where one has a network of its own.
 */
export async function readNamespaces(gatherer: Gatherer, own: readonly string[]): Promise<void> {
  const all = await gatherer.tryList('Namespace');
  const some =
    all.status === 'ok'
      ? all.value
      : all.status === 'forbidden'
        ? await Promise.all(own.map((name) => gatherer.get('Namespace', undefined, name)))
        : [];
  if (some.every((namespace) => !(OWN_NETWORK_LABEL in (namespace?.metadata?.labels ?? {})))) return;
  await Promise.all(NETWORK_KINDS.map((kind) => gatherer.list(kind)));
}

/** What leads from the outside to pods. A refusal is told by the coverage. */
export async function readWaysIn(gatherer: Gatherer, scope: Scope, own: readonly string[]): Promise<void> {
  /** True when some of it could be read. */
  const read = async (kind: KindName): Promise<boolean> => {
    if (scope === 'all') {
      const { status } = await gatherer.tryList(kind);
      if (status !== 'forbidden') return status === 'ok';
    }
    const namespaces = scope === 'all' ? own : scope;
    const all = await Promise.all(namespaces.map((namespace) => gatherer.tryList(kind, { namespace })));
    return all.some(({ status }) => status === 'ok');
  };
  // Most clusters have no Gateway, and need not be asked for what would be behind one. Who may not see Gateways may see
  // routes; one kind of them tells.
  const readGateways = async (): Promise<void> => {
    const gateways = await gatherer.tryList('Gateway');
    const some = gateways.status === 'ok' ? gateways.value.length > 0 : gateways.status === 'forbidden';
    if (some && (await read('HTTPRoute'))) await Promise.all(BEHIND_GATEWAYS.map(read));
  };
  await Promise.all([...(['Service', 'Ingress', 'Route'] as const).map(read), readGateways()]);
}
