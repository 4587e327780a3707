import { KINDS, type KindName } from '../model/kinds.ts';

/** Where a kind is served: one group and version of it. */
export interface Served {
  readonly group: string;
  readonly version: string;
}

/**
 * Older or other places where the same objects are served, tried in order when the first is absent. Only those whose
 * objects this project can read (see `modernise.ts` for the ones that differ).
 */
const FALLBACKS: { readonly [K in KindName]?: readonly Served[] } = {
  HorizontalPodAutoscaler: [
    { group: 'autoscaling', version: 'v2beta2' },
    { group: 'autoscaling', version: 'v1' },
  ],
  EndpointSlice: [{ group: 'discovery.k8s.io', version: 'v1beta1' }],
  PodDisruptionBudget: [{ group: 'policy', version: 'v1beta1' }],
  CronJob: [{ group: 'batch', version: 'v1beta1' }],
  Ingress: [
    { group: 'networking.k8s.io', version: 'v1beta1' },
    { group: 'extensions', version: 'v1beta1' },
  ],
  IngressClass: [{ group: 'networking.k8s.io', version: 'v1beta1' }],
  ServiceCIDR: [{ group: 'networking.k8s.io', version: 'v1beta1' }],
  ClusterNetworkPolicy: [{ group: 'policy.networking.k8s.io', version: 'v1beta1' }],
  // Calico from 3.30 on can keep its objects under its public group alone.
  CalicoNetworkPolicy: [{ group: 'projectcalico.org', version: 'v3' }],
  CalicoGlobalNetworkPolicy: [{ group: 'projectcalico.org', version: 'v3' }],
  IPPool: [{ group: 'projectcalico.org', version: 'v3' }],
  BlockAffinity: [{ group: 'projectcalico.org', version: 'v3' }],
  BGPPeer: [{ group: 'projectcalico.org', version: 'v3' }],
  BGPConfiguration: [{ group: 'projectcalico.org', version: 'v3' }],
  FelixConfiguration: [{ group: 'projectcalico.org', version: 'v3' }],
  ClusterInformation: [{ group: 'projectcalico.org', version: 'v3' }],
  CalicoNodeStatus: [{ group: 'projectcalico.org', version: 'v3' }],
  CiliumLoadBalancerIPPool: [{ group: 'cilium.io', version: 'v2alpha1' }],
  CiliumBGPNodeConfig: [{ group: 'cilium.io', version: 'v2alpha1' }],
  CiliumPodIPPool: [{ group: 'cilium.io', version: 'v2' }],
  AntreaIPPool: [{ group: 'crd.antrea.io', version: 'v1alpha2' }],
  Gateway: gateway('v1beta1'),
  HTTPRoute: gateway('v1beta1'),
  GRPCRoute: gateway('v1alpha2'),
  TLSRoute: gateway('v1alpha3', 'v1alpha2'),
  TCPRoute: gateway('v1'),
  UDPRoute: gateway('v1'),
  ReferenceGrant: gateway('v1'),
};

function gateway(...versions: readonly string[]): readonly Served[] {
  return versions.map((version) => ({ group: 'gateway.networking.k8s.io', version }));
}

/** Every place to look for a kind, the present one first. */
export function servedAt(kind: KindName): readonly Served[] {
  const { group, version } = KINDS[kind];
  return [{ group, version }, ...(FALLBACKS[kind] ?? [])];
}

/** `v1`, `networking.k8s.io/v1`. */
export function apiVersionOf({ group, version }: Served): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The path of a collection or, with a name, of an object; without a namespace that of all namespaces. */
export function resourcePath(kind: KindName, served: Served, namespace?: string, name?: string): string {
  const { plural, namespaced } = KINDS[kind];
  const root = served.group === '' ? `/api/${served.version}` : `/apis/${served.group}/${served.version}`;
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

const BUILT_IN_GROUPS = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'discovery.k8s.io',
  'networking.k8s.io',
  'policy',
]);

/** Whether every server has the kind's group. */
export function isBuiltIn(kind: KindName): boolean {
  return BUILT_IN_GROUPS.has(KINDS[kind].group);
}

/** The kind in the words of kubectl and RBAC: `pods`, but `pods.metrics.k8s.io` where the plural alone would mislead. */
export function resourceName(kind: KindName): string {
  return isBuiltIn(kind) ? KINDS[kind].plural : fullResourceName(kind);
}

/** `ingresses.networking.k8s.io`: unmistakable, for "the server has no …". */
export function fullResourceName(kind: KindName): string {
  const { plural, group } = KINDS[kind];
  return group === '' ? plural : `${plural}.${group}`;
}
