import type { KubeObject } from '../../../../shared/model/objects.ts';
import { agents, appPods, clusterNode, configMap, custom, kubeProxy, NODES } from './parts.ts';

/** A plugin that takes each node's podCIDR and needs nothing else to be told. */
function plain(name: string, image: string, more: readonly KubeObject[] = []): readonly KubeObject[] {
  return [
    ...NODES.map((node) => clusterNode(node)),
    ...agents(name, [{ name, image }]),
    ...kubeProxy(),
    ...appPods(),
    ...more,
  ];
}

export const kindnet = (): readonly KubeObject[] => plain('kindnet', 'docker.io/kindest/kindnetd:v20250512-df8de77b');

export const kubeRouter = (): readonly KubeObject[] =>
  plain('kube-router', 'docker.io/cloudnativelabs/kube-router:v2.5.0');

export const weave = (): readonly KubeObject[] =>
  plain('weave-net', 'weaveworks/weave-kube:2.8.1').map((object) =>
    object.metadata?.name?.startsWith('web-') === true
      ? ({
          ...object,
          status: {
            ...(object as { status?: object }).status,
            podIP: `10.32.0.${object.metadata.name.slice(-1)}`,
            podIPs: [{ ip: `10.32.0.${object.metadata.name.slice(-1)}` }],
          },
        } as KubeObject)
      : object,
  );

export function antrea(): readonly KubeObject[] {
  return plain('antrea-agent', 'antrea/antrea-agent-ubuntu:v2.2.0', [
    configMap('antrea-config', {
      'antrea-agent.conf': '# trafficEncapMode: encap\ntrafficEncapMode: encap\ntunnelType: geneve\n',
    }),
    ...NODES.map((name) =>
      custom('crd.antrea.io/v1beta1', 'AntreaAgentInfo', name, {
        version: 'v2.2.0',
        nodeRef: { kind: 'Node', name },
        agentConditions: ['AgentHealthy', 'ControllerConnectionUp', 'OVSDBConnectionUp', 'OpenflowConnectionUp'].map(
          (type) => ({ type, status: 'True', lastHeartbeatTime: '2026-03-01T11:59:50Z' }),
        ),
      }),
    ),
  ]);
}

/** OVN-Kubernetes as OpenShift runs it, with Multus in front. */
export function ovn(): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, {
        podCIDR: null,
        annotations: { 'k8s.ovn.org/node-subnets': `{"default":["10.128.${2 * Number(name.slice(1))}.0/23"]}` },
      }),
    ),
    ...agents(
      'ovnkube-node',
      [{ name: 'ovnkube-controller', image: 'quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:aa' }],
      { namespace: 'openshift-ovn-kubernetes', labels: { app: 'ovnkube-node' } },
    ),
    ...agents('multus', [{ name: 'kube-multus', image: 'quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:bb' }], {
      namespace: 'openshift-multus',
      labels: { app: 'multus' },
    }),
    custom('config.openshift.io/v1', 'Network', 'cluster', {
      spec: {
        networkType: 'OVNKubernetes',
        clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
        serviceNetwork: ['172.30.0.0/16'],
      },
      status: {
        networkType: 'OVNKubernetes',
        clusterNetworkMTU: 1400,
        clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
        serviceNetwork: ['172.30.0.0/16'],
      },
    }),
    custom('config.openshift.io/v1', 'ClusterOperator', 'network', {
      status: {
        conditions: [
          { type: 'Available', status: 'True' },
          { type: 'Degraded', status: 'False' },
          { type: 'Progressing', status: 'False' },
        ],
      },
    }),
    ...appPods((_, number) => `10.128.${2 * Number(number)}.5`),
  ];
}

/** A bridge on each node and static routes between them: no agents at all. */
export const bridge = (): readonly KubeObject[] => [
  ...NODES.map((name) => clusterNode(name)),
  ...kubeProxy(),
  ...appPods(),
];

/** Kube-OVN with its default subnet: so many addresses free, so many given out. */
export function kubeOvn(free = 65_000, used = 3): readonly KubeObject[] {
  return plain('kube-ovn-cni', 'docker.io/kubeovn/kube-ovn:v1.13.0', [
    custom('kubeovn.io/v1', 'Subnet', 'ovn-default', {
      spec: { cidrBlock: '10.244.0.0/16', default: true, protocol: 'IPv4', gatewayType: 'distributed' },
      status: { v4availableIPs: free, v4usingIPs: used },
    }),
  ]);
}

/** Nodes whose routes the cloud's controller writes. */
export const kubenet = (): readonly KubeObject[] => [
  ...NODES.map((name) => clusterNode(name, { reason: 'RouteCreated', spec: { providerID: `aws:///a/i-${name}` } })),
  ...kubeProxy(),
  ...appPods(),
];

/** Kube-OVN with its Open vSwitch, which has agents of its own. */
export const kubeOvnWhole = (): readonly KubeObject[] => [
  ...kubeOvn(),
  ...agents('ovs-ovn', [{ name: 'openvswitch', image: 'docker.io/kubeovn/kube-ovn:v1.13.0' }], {
    labels: { app: 'ovs', component: 'network' },
  }),
];
