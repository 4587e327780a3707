import type { KubeObject } from '../../../../shared/model/objects.ts';
import { agents, appPods, clusterNode, configMap, custom, kubeProxy, NODES } from './parts.ts';

/** Cilium with cluster-pool addresses and VXLAN; kube-proxy is there unless it is replaced. */
export function cilium(replaces = false): readonly KubeObject[] {
  return [
    ...NODES.map((name) => clusterNode(name, { reason: 'CiliumIsUp', podCIDR: null })),
    ...agents('cilium', [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.17.2' }]),
    configMap('cilium-config', {
      'routing-mode': 'tunnel',
      'tunnel-protocol': 'vxlan',
      ipam: 'cluster-pool',
      'cluster-pool-ipv4-cidr': '10.244.0.0/16',
      'cluster-pool-ipv4-mask-size': '24',
      'kube-proxy-replacement': String(replaces),
      'cni-chaining-mode': 'none',
      'enable-policy': 'default',
    }),
    ...NODES.map((name) =>
      custom('cilium.io/v2', 'CiliumNode', name, {
        spec: {
          addresses: [{ type: 'InternalIP', ip: `10.0.0.${name.slice(1)}` }],
          ipam: { podCIDRs: [`10.244.${name.slice(1)}.0/24`] },
        },
        status: { ipam: { 'operator-status': {} } },
      }),
    ),
    ...(replaces ? kubeProxy().slice(-1) : kubeProxy()),
    ...appPods(),
  ];
}

export const gkeDataplane = (): readonly KubeObject[] => [
  ...NODES.map((name) => clusterNode(name, { reason: 'RouteCreated', spec: { providerID: `gce://p/z/${name}` } })),
  ...agents('anetd', [{ name: 'cilium-agent', image: 'gke.gcr.io/cilium/cilium:v1.14.7-gke.1' }], {
    labels: { 'k8s-app': 'cilium' },
  }),
  configMap('cilium-config', { 'routing-mode': 'native', ipam: 'kubernetes', 'kube-proxy-replacement': 'partial' }),
  ...kubeProxy().slice(-1),
  ...appPods(),
];
