import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { EndpointSlice, Service } from '../../../shared/model/objects-network.ts';
import { node, pod, service, slicesFor } from '../../../shared/testing/builders.ts';

/** Two nodes with Flannel, CoreDNS and a shop: what dumps of `n1` are held against. */
export const MACS = { n1: '5e:00:00:00:00:11', n2: '5e:00:00:00:00:12' } as const;

export function flannelNode(name: 'n1' | 'n2', more: Partial<Node['status']> = {}): Node {
  const at = name === 'n1' ? 0 : 1;
  const address = `10.1.0.1${at + 1}`;
  const base = node(name, true, {
    spec: { podCIDR: `10.244.${at}.0/24`, podCIDRs: [`10.244.${at}.0/24`] },
    status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }], ...more },
  });
  return {
    ...base,
    metadata: {
      ...base.metadata,
      annotations: {
        'flannel.alpha.coreos.com/backend-type': 'vxlan',
        'flannel.alpha.coreos.com/backend-data': `{"VNI":1,"VtepMAC":"${MACS[name]}"}`,
        'flannel.alpha.coreos.com/public-ip': address,
      },
    },
  };
}

const dnsPods = (['n1', 'n2'] as const).map((on, at) =>
  pod(`coredns-${at + 1}`, {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ip: `10.244.${at}.2`,
    node: on,
    ports: [{ containerPort: 53, protocol: 'UDP' }],
  }),
);
export const webPods = [pod('web-1', { ip: '10.244.0.5', node: 'n1' }), pod('web-2', { ip: '10.244.1.5', node: 'n2' })];
export const client = pod('client', { ip: '10.244.0.9', node: 'n1', labels: { app: 'client' } });

export const dns = service(
  'kube-dns',
  {
    selector: { 'k8s-app': 'kube-dns' },
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    ports: [
      { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
    ],
  },
  { namespace: 'kube-system' },
);
export const web = service('web', { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'] });

export const services: readonly Service[] = [dns, web];
export const slices: readonly EndpointSlice[] = [...slicesFor(dns, dnsPods), ...slicesFor(web, webPods)];

const proxyPods = ['n1', 'n2'].map((name) =>
  pod(`kube-proxy-${name}`, {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-proxy' },
    ip: name === 'n1' ? '10.1.0.11' : '10.1.0.12',
    node: name,
    spec: { hostNetwork: true },
    meta: {
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-proxy', uid: 'uid-kube-proxy', controller: true },
      ],
    },
  }),
);

/** The whole cluster. */
export const cluster: readonly KubeObject[] = [
  flannelNode('n1'),
  flannelNode('n2'),
  ...dnsPods,
  ...webPods,
  client,
  ...proxyPods,
  ...services,
  ...slices,
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    data: { 'config.conf': 'mode: ""\nclusterCIDR: 10.244.0.0/16\n' },
  } as KubeObject,
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: 'kube-proxy',
      namespace: 'kube-system',
      uid: 'uid-kube-proxy',
      labels: { 'k8s-app': 'kube-proxy' },
    },
    spec: {
      template: { spec: { containers: [{ name: 'kube-proxy', command: ['kube-proxy', '--config=/c/config.conf'] }] } },
    },
    status: { desiredNumberScheduled: 2, numberReady: 2 },
  } as KubeObject,
];
