import { isApplied } from '../../shared/model/applied.ts';
import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { KindName } from '../../shared/model/kinds.ts';
import type { Ref } from '../../shared/model/refs.ts';
import type { PolicyModel } from '../../shared/policy/model.ts';
import type {
  GatewayRoute,
  ListenerSet,
  ReferenceGrant,
  RouteKind,
} from '../../shared/policy/services/gateway-backends.ts';
import {
  type IngressFacts,
  type IngressPath,
  ingressPaths,
  type Route,
  servicesBehind,
} from '../../shared/policy/services/ingress-paths.ts';

const ROUTE_KINDS = [
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
] as const satisfies readonly RouteKind[];

/** What leads in through Gateways, beside the Gateways themselves. */
export const BEHIND_GATEWAYS = [...ROUTE_KINDS, 'ReferenceGrant'] as const satisfies readonly KindName[];

/** In files only; in a cluster the status of a route says what became of it. */
const LISTENER_SETS = ['gateway.networking.k8s.io/ListenerSet', 'gateway.networking.x-k8s.io/XListenerSet'] as const;

/** What leads in from outside. */
export const WAYS_IN = ['Ingress', 'Route', 'Gateway', ...BEHIND_GATEWAYS] as const satisfies readonly KindName[];

/** The pods that Ingress, Route and Gateway objects of an index lead to. */
export function waysIn(index: ClusterIndex, model: PolicyModel): readonly IngressPath[] {
  const facts = factsOf(index);
  return facts === undefined ? [] : ingressPaths(model, facts);
}

/** The Services that they lead to, by `namespace/name`, each with one that does. */
export function servicesWithWaysIn(index: ClusterIndex, model: PolicyModel): ReadonlyMap<string, Ref> {
  const facts = factsOf(index);
  return facts === undefined ? new Map() : servicesBehind(model, facts);
}

/** Undefined where nothing leads in, which is most common. */
function factsOf(index: ClusterIndex): IngressFacts | undefined {
  const ingresses = index.list('Ingress');
  const routes = index.list('Route') as readonly Route[];
  const behind = ROUTE_KINDS.flatMap((kind) =>
    index.list(kind).map((object) => ({ kind, object: object as GatewayRoute })),
  );
  if (ingresses.length + routes.length + behind.length === 0) return undefined;
  const gateway = {
    gateways: index.list('Gateway'),
    listenerSets: LISTENER_SETS.flatMap((key) => (index.others[key] ?? []) as readonly ListenerSet[]),
    routes: behind,
    grants: grantsIn(index, behind),
  };
  return { services: index.list('Service'), ingresses, routes, gateway };
}

/** The grants of references; undefined where a cluster may have some that nobody read. Manifests are all there is. */
function grantsIn(
  index: ClusterIndex,
  routes: readonly { readonly object: GatewayRoute }[],
): readonly ReferenceGrant[] | undefined {
  const { status } = index.seen('ReferenceGrant');
  const seen = status === 'ok' || status === 'absent' || !routes.some(({ object }) => isApplied(object));
  return seen ? (index.list('ReferenceGrant') as readonly ReferenceGrant[]) : undefined;
}
