/**
 * Where the routes of the Gateway API lead (API reference of gateway.networking.k8s.io, and GEP-709 for references across
 * namespaces). A route counts where a Gateway takes it: as its status says, else as the listeners say, else, where the
 * Gateway is not among the facts, as it is written. Routes whose parent is a Service are those of a mesh: no way in.
 */

import type { Condition, KubeObject, LabelSelector } from '../../model/objects.ts';
import { namespaceOrDefault } from '../../model/refs.ts';
import type { PolicyModel } from '../model.ts';
import { matchLabels } from '../rules/labels.ts';
import type { Protocol } from '../rules/port-set.ts';

const GROUP = 'gateway.networking.k8s.io';

export type RouteKind = 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute' | 'UDPRoute';

export interface Gateway extends KubeObject {
  readonly spec?: { readonly listeners?: readonly Listener[] | null };
}

/** Further listeners for a Gateway (ListenerSet, in its experimental form XListenerSet). */
export type ListenerSet = Gateway;

interface Listener {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly hostname?: string;
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector };
    readonly kinds?: readonly { readonly kind?: string }[] | null;
  };
}

export interface GatewayRoute extends KubeObject {
  readonly spec?: {
    readonly parentRefs?: readonly ParentRef[] | null;
    readonly hostnames?: readonly string[] | null;
    readonly rules?:
      | readonly { readonly backendRefs?: readonly BackendRef[] | null; readonly filters?: Filters }[]
      | null;
  };
  readonly status?: {
    readonly parents?: readonly { readonly parentRef?: ParentRef; readonly conditions?: readonly Condition[] }[];
  };
}

interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly sectionName?: string;
  readonly port?: number;
}

interface BackendRef {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly port?: number;
  readonly weight?: number;
  readonly filters?: Filters;
}

type Filters =
  | readonly {
      readonly requestMirror?: {
        readonly backendRef?: BackendRef;
        readonly percent?: number;
        readonly fraction?: { readonly numerator?: number };
      };
    }[]
  | null;

export interface ReferenceGrant extends KubeObject {
  readonly spec?: {
    readonly from?: readonly { readonly group?: string; readonly kind?: string; readonly namespace?: string }[];
    readonly to?: readonly { readonly group?: string; readonly kind?: string; readonly name?: string }[];
  };
}

export interface GatewayFacts {
  readonly gateways: readonly Gateway[];
  readonly listenerSets?: readonly ListenerSet[];
  readonly routes: readonly { readonly kind: RouteKind; readonly object: GatewayRoute }[];
  /** Undefined when they were not read: references across namespaces are then not decided. */
  readonly grants: readonly ReferenceGrant[] | undefined;
}

/** A Service port that a route sends to. */
export interface GatewayBackend {
  readonly kind: RouteKind;
  readonly route: GatewayRoute;
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** False when nobody saw whether the other namespace grants the reference. */
  readonly sure: boolean;
}

/** All Service ports behind the routes that a Gateway takes. A weight of 0 gets nothing; a mirror gets its copy. */
export function gatewayBackends(model: PolicyModel, facts: GatewayFacts): readonly GatewayBackend[] {
  return facts.routes.flatMap(({ kind, object: route }) => {
    if (!(route.spec?.parentRefs ?? []).some((parent) => isTaken(model, facts, kind, route, parent))) return [];
    const refs = (route.spec?.rules ?? []).flatMap(({ backendRefs, filters }) => {
      const sent = (backendRefs ?? []).filter(({ weight }) => weight !== 0);
      return [...sent, ...mirrors(filters), ...sent.flatMap((ref) => mirrors(ref.filters))];
    });
    return refs.flatMap((ref): readonly GatewayBackend[] => {
      const { group = '', kind: target = 'Service', name, port } = ref;
      if (group !== '' || target !== 'Service' || name === undefined || port === undefined) return [];
      const granted = isGranted(facts.grants, kind, route, ref);
      if (granted === false) return [];
      const protocol = kind === 'UDPRoute' ? 'UDP' : 'TCP';
      const namespace = ref.namespace ?? namespaceOrDefault(route);
      return [{ kind, route, namespace, service: name, port, protocol, sure: granted === true }];
    });
  });
}

function mirrors(filters: Filters | undefined): readonly BackendRef[] {
  return (filters ?? []).flatMap(({ requestMirror }) => {
    if (requestMirror?.backendRef === undefined) return [];
    return requestMirror.percent === 0 || requestMirror.fraction?.numerator === 0 ? [] : [requestMirror.backendRef];
  });
}

function isTaken(
  model: PolicyModel,
  { gateways, listenerSets = [] }: GatewayFacts,
  kind: RouteKind,
  route: GatewayRoute,
  parent: ParentRef,
): boolean {
  if ((parent.group ?? GROUP) !== GROUP && !parent.group?.startsWith('gateway.')) return false;
  if (!/^(Gateway|X?ListenerSet)$/.test(parent.kind ?? 'Gateway')) return false;
  const told = (route.status?.parents ?? []).filter(({ parentRef }) => isSame(parentRef, parent, route));
  const accepted = told.flatMap(({ conditions }) => (conditions ?? []).filter(({ type }) => type === 'Accepted'));
  if (accepted.length > 0) return accepted.some(({ status }) => status === 'True');
  const at = parent.namespace ?? namespaceOrDefault(route);
  const meant: readonly Gateway[] = (parent.kind ?? 'Gateway') === 'Gateway' ? gateways : listenerSets;
  const gateway = meant.find((one) => namespaceOrDefault(one) === at && one.metadata?.name === parent.name);
  if (gateway === undefined) return true;
  return (gateway.spec?.listeners ?? []).some(
    ({ name, port, protocol, hostname, allowedRoutes }) =>
      (parent.sectionName === undefined || parent.sectionName === name) &&
      (parent.port === undefined || parent.port === port) &&
      (allowedRoutes?.kinds ?? [{ kind }]).some((one) => one.kind === kind) &&
      (CARRIED[protocol ?? '']?.includes(kind) ?? true) &&
      (!BY_NAME.has(kind) || isNamed(hostname, route.spec?.hostnames)) &&
      mayComeFrom(model, allowedRoutes?.namespaces, at, namespaceOrDefault(route)),
  );
}

/** Listener.protocol: the kinds of routes that each of the protocols of the API carries. */
const CARRIED: Readonly<Record<string, readonly RouteKind[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute', 'TCPRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
};

/** Kinds that have host names. */
const BY_NAME: ReadonlySet<RouteKind> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute']);

/** Listener.hostname: a route is taken when one of its names meets that of the listener; none, or no name, means all. */
function isNamed(hostname: string | undefined, names: readonly string[] | null | undefined): boolean {
  if (!hostname || !names || names.length === 0) return true;
  return names.some((name) => covers(hostname, name) || covers(name, hostname));
}

/** `*.example.com` holds every name below example.com, and not that name itself. */
function covers(wide: string, name: string): boolean {
  return wide === name || (wide.startsWith('*.') && name.endsWith(wide.slice(1)));
}

function isSame(told: ParentRef | undefined, parent: ParentRef, route: GatewayRoute): boolean {
  const key = ({ kind, namespace, name, sectionName, port }: ParentRef): string =>
    [kind ?? 'Gateway', namespace ?? namespaceOrDefault(route), name, sectionName, port].join('/');
  return told !== undefined && key(told) === key(parent);
}

/** AllowedRoutes.namespaces: routes of the Gateway's own namespace, unless it says otherwise. */
function mayComeFrom(
  model: PolicyModel,
  allowed: NonNullable<Listener['allowedRoutes']>['namespaces'],
  own: string,
  from: string,
): boolean {
  switch (allowed?.from) {
    case 'All':
      return true;
    case 'None':
      return false;
    case 'Selector':
      return matchLabels(allowed.selector ?? {}, model.namespaceOf(from).labels) !== 'no';
    default:
      return own === from;
  }
}

/** A reference into another namespace holds only where that one grants it. Undefined when its grants were not read. */
export function isGranted(
  grants: readonly ReferenceGrant[] | undefined,
  kind: RouteKind,
  route: GatewayRoute,
  { namespace, name }: BackendRef,
): boolean | undefined {
  const own = namespaceOrDefault(route);
  if (namespace === undefined || namespace === own) return true;
  return grants?.some(
    (grant) =>
      namespaceOrDefault(grant) === namespace &&
      grant.spec?.from?.some((from) => from.group === GROUP && from.kind === kind && from.namespace === own) === true &&
      grant.spec.to?.some((to) => (to.group ?? '') === '' && to.kind === 'Service' && (to.name ?? name) === name) ===
        true,
  );
}
