import type { KubeObject } from '../api.ts';
import type { CrdGroup } from '../options.ts';

interface Kinds {
  readonly group: string;
  readonly version: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly kinds: readonly string[];
}

/**
 * Kinds of other projects by name only: any content is taken, nobody acts on it.
 * Enough for a plugin that reads them; what their controllers do is not tested here.
 */
const kindsOf: Record<CrdGroup, readonly Kinds[]> = {
  gateway: [],
  policy: [],
  istio: [
    {
      group: 'networking.istio.io',
      version: 'v1',
      scope: 'Namespaced',
      kinds: ['VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'WorkloadEntry'],
    },
    { group: 'networking.istio.io', version: 'v1alpha3', scope: 'Namespaced', kinds: ['EnvoyFilter'] },
    {
      group: 'security.istio.io',
      version: 'v1',
      scope: 'Namespaced',
      kinds: ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'],
    },
  ],
  cilium: [
    {
      group: 'cilium.io',
      version: 'v2',
      scope: 'Namespaced',
      kinds: ['CiliumNetworkPolicy', 'CiliumEndpoint', 'CiliumLocalRedirectPolicy', 'CiliumEnvoyConfig'],
    },
    {
      group: 'cilium.io',
      version: 'v2',
      scope: 'Cluster',
      kinds: ['CiliumClusterwideNetworkPolicy', 'CiliumNode', 'CiliumIdentity', 'CiliumCIDRGroup'],
    },
  ],
  calico: [
    {
      group: 'crd.projectcalico.org',
      version: 'v1',
      scope: 'Namespaced',
      kinds: ['NetworkPolicy', 'NetworkSet'],
    },
    {
      group: 'crd.projectcalico.org',
      version: 'v1',
      scope: 'Cluster',
      kinds: [
        ...['GlobalNetworkPolicy', 'GlobalNetworkSet', 'Tier', 'HostEndpoint', 'IPPool', 'IPAMBlock', 'BlockAffinity'],
        ...['FelixConfiguration', 'BGPConfiguration', 'BGPPeer', 'ClusterInformation'],
      ],
    },
    // In the field an API server of Calico's own serves these; to a client they look the same.
    { group: 'projectcalico.org', version: 'v3', scope: 'Namespaced', kinds: ['NetworkPolicy', 'NetworkSet'] },
    {
      group: 'projectcalico.org',
      version: 'v3',
      scope: 'Cluster',
      kinds: ['GlobalNetworkPolicy', 'GlobalNetworkSet', 'Tier', 'IPPool', 'FelixConfiguration'],
    },
  ],
};

export function minimalDefinitions(group: CrdGroup): readonly KubeObject[] {
  return kindsOf[group].flatMap((kinds) => kinds.kinds.map((kind) => definition(kinds, kind)));
}

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (/[^aeiou]y$/.test(lower)) {
    return `${lower.slice(0, -1)}ies`;
  }
  return /(s|ch|x)$/.test(lower) ? `${lower}es` : `${lower}s`;
}

function definition({ group, version, scope }: Kinds, kind: string): KubeObject {
  const plural = pluralOf(kind);
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
    },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } } },
          subresources: { status: {} },
        },
      ],
    },
  };
}
