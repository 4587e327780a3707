import type { KubeObject } from '../../../../shared/model/objects.ts';
import { pod } from '../../../../shared/testing/builders.ts';
import { agents, appPods, clusterNode, configMap, kubeProxy, NODES } from './parts.ts';

const FLANNEL = 'flannel.alpha.coreos.com/';

/** The annotations flanneld writes on a node with backend vxlan. */
export function flannelAnnotations(name: string, type = 'vxlan'): Readonly<Record<string, string>> {
  const number = name.replace(/\D/g, '');
  return {
    [`${FLANNEL}backend-type`]: type,
    [`${FLANNEL}backend-data`]: type === 'vxlan' ? `{"VNI":1,"VtepMAC":"aa:bb:cc:00:00:0${number}"}` : 'null',
    [`${FLANNEL}public-ip`]: `10.0.0.${number}`,
    [`${FLANNEL}kube-subnet-manager`]: 'true',
  };
}

export function flannel(type = 'vxlan'): readonly KubeObject[] {
  return [
    ...NODES.map((name) => clusterNode(name, { annotations: flannelAnnotations(name, type), reason: 'FlannelIsUp' })),
    ...agents('kube-flannel-ds', [{ name: 'kube-flannel', image: 'ghcr.io/flannel-io/flannel:v0.27.4' }], {
      namespace: 'kube-flannel',
      labels: { app: 'flannel' },
    }),
    configMap(
      'kube-flannel-cfg',
      { 'net-conf.json': `{"Network":"10.244.0.0/16","EnableNFTables":false,"Backend":{"Type":"${type}"}}` },
      'kube-flannel',
    ),
    ...kubeProxy(),
    ...appPods(),
  ];
}

/** K3s whose servers leave the network to Cilium; the nodes keep what its flannel wrote before. */
export function k3sWithCilium(): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, {
        annotations: {
          ...flannelAnnotations(name),
          'k3s.io/node-args': name === 'n1' ? '["server","--flannel-backend","none"]' : '["agent"]',
        },
        kubelet: 'v1.32.1+k3s1',
      }),
    ),
    ...agents('cilium', [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.17.2' }]),
    configMap('cilium-config', { ipam: 'kubernetes', 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan' }),
    ...appPods(),
  ];
}

/** K3s: flannel and kube-proxy run inside its own process. */
export function k3s(): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, {
        annotations: {
          ...flannelAnnotations(name),
          'k3s.io/node-args': '["server","--cluster-cidr","10.244.0.0/16","--service-cidr","10.96.0.0/12"]',
        },
        kubelet: 'v1.32.1+k3s1',
      }),
    ),
    ...appPods(),
  ];
}

export function canal(): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, {
        annotations: { ...flannelAnnotations(name), 'projectcalico.org/IPv4Address': `10.0.0.${name.slice(1)}/24` },
      }),
    ),
    ...agents('canal', [
      { name: 'calico-node', image: 'docker.io/calico/node:v3.28.1' },
      { name: 'kube-flannel', image: 'docker.io/flannel/flannel:v0.24.4' },
    ]),
    configMap('canal-config', {
      veth_mtu: '1450',
      'net-conf.json': '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}',
    }),
    ...kubeProxy(),
    ...appPods(),
  ];
}

/** RKE2: Canal of its own, and kube-proxy as a static pod of each node. */
export function rke2(): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, {
        annotations: { ...flannelAnnotations(name), 'projectcalico.org/IPv4Address': `10.0.0.${name.slice(1)}/24` },
        reason: 'FlannelIsUp',
        kubelet: 'v1.31.4+rke2r1',
      }),
    ),
    ...agents(
      'rke2-canal',
      [
        { name: 'calico-node', image: 'rancher/hardened-calico:v3.29.1' },
        { name: 'kube-flannel', image: 'rancher/hardened-flannel:v0.26.1' },
      ],
      { labels: { 'k8s-app': 'canal' } },
    ),
    configMap('rke2-canal-config', { 'net-conf.json': '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}' }),
    ...NODES.map(staticProxy),
    ...kubeProxy().slice(-1),
    ...appPods(),
  ];
}

function staticProxy(node: string): KubeObject {
  return pod(`kube-proxy-${node}`, {
    namespace: 'kube-system',
    node,
    ip: `10.0.0.${node.slice(1)}`,
    labels: { component: 'kube-proxy' },
    spec: { hostNetwork: true },
    containers: [{ name: 'kube-proxy', image: 'rancher/hardened-kubernetes:v1.31.4', command: ['kube-proxy'] }],
    meta: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node, controller: true, uid: `uid-${node}` }] },
  });
}
