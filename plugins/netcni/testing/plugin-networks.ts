import type { KubeObject } from '../../../shared/model/objects.ts';
import { agents, appPods, clusterNode, configMap, custom, kubeProxy, NODES } from './networks.ts';

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

const CALICO = 'crd.projectcalico.org/v1';

/** A block of 64 with the given number of addresses in use, each by a pod of the application. */
export function calicoBlock(node: string, used: number, cidr = `10.244.${node.slice(1)}.0/26`): KubeObject {
  return custom(CALICO, 'IPAMBlock', cidr.replace(/[./]/g, '-'), {
    spec: {
      cidr,
      affinity: `host:${node}`,
      allocations: Array.from({ length: 64 }, (_, at) => (at < used ? 0 : null)),
      unallocated: Array.from({ length: 64 - used }, (_, at) => at + used),
      attributes: [
        { handle_id: `k8s-pod-network.${node}`, secondary: { namespace: 'shop', node, pod: `web-${node}` } },
      ],
      strictAffinity: false,
    },
  });
}

function calicoObjects(): readonly KubeObject[] {
  return [
    custom(CALICO, 'IPPool', 'default-ipv4-ippool', {
      spec: {
        cidr: '10.244.0.0/16',
        blockSize: 26,
        ipipMode: 'Always',
        vxlanMode: 'Never',
        natOutgoing: true,
        nodeSelector: 'all()',
        allowedUses: ['Workload', 'Tunnel'],
      },
    }),
    custom(CALICO, 'FelixConfiguration', 'default', { spec: { logSeverityScreen: 'Info' } }),
    custom(CALICO, 'ClusterInformation', 'default', {
      spec: { calicoVersion: 'v3.28.1', clusterType: 'k8s,bgp', datastoreReady: true },
    }),
    ...NODES.map((node) => calicoBlock(node, 1)),
    ...NODES.map((node) =>
      custom(CALICO, 'BlockAffinity', `${node}-10-244-${node.slice(1)}-0-26`, {
        spec: { cidr: `10.244.${node.slice(1)}.0/26`, node, state: 'confirmed', deleted: 'false' },
      }),
    ),
    custom(CALICO, 'CalicoNodeStatus', 'status-n1', {
      spec: { node: 'n1', classes: ['Agent', 'BGP'], updatePeriodSeconds: 10 },
      status: {
        lastUpdated: '2026-03-01T11:59:55Z',
        agent: { birdV4: { state: 'Ready', version: 'v0.3.3' } },
        bgp: {
          numberEstablishedV4: 2,
          numberNotEstablishedV4: 0,
          peersV4: ['10.0.0.2', '10.0.0.3'].map((peerIP) => ({
            peerIP,
            type: 'NodeMesh',
            state: 'Established',
            since: '10:00:00',
          })),
        },
      },
    }),
  ];
}

const calicoNode = (name: string) =>
  clusterNode(name, {
    annotations: { 'projectcalico.org/IPv4Address': `10.0.0.${name.slice(1)}/24` },
    reason: 'CalicoIsUp',
  });

/** As calico.yaml installs it. */
export function calico(): readonly KubeObject[] {
  return [
    ...NODES.map(calicoNode),
    ...agents('calico-node', [
      {
        name: 'calico-node',
        image: 'docker.io/calico/node:v3.28.1',
        env: [
          {
            name: 'CALICO_NETWORKING_BACKEND',
            valueFrom: { configMapKeyRef: { name: 'calico-config', key: 'calico_backend' } },
          },
          { name: 'CALICO_IPV4POOL_IPIP', value: 'Always' },
        ],
      },
    ]),
    configMap('calico-config', {
      calico_backend: 'bird',
      veth_mtu: '0',
      cni_network_config:
        '{"name":"k8s-pod-network","plugins":[{"type":"calico","mtu":__CNI_MTU__,"ipam":{"type":"calico-ipam"}}]}',
    }),
    ...calicoObjects(),
    ...kubeProxy(),
    ...appPods((_, number) => `10.244.${number}.1`),
  ];
}

/** As the Tigera operator installs it, with the eBPF dataplane in the place of kube-proxy where `ebpf`. */
export function calicoOperator(ebpf = false): readonly KubeObject[] {
  const proxy = ebpf ? kubeProxy().slice(-1) : kubeProxy();
  return [
    ...NODES.map(calicoNode),
    ...agents('calico-node', [{ name: 'calico-node', image: 'quay.io/calico/node:v3.28.1' }], {
      namespace: 'calico-system',
    }),
    custom('operator.tigera.io/v1', 'Installation', 'default', {
      spec: {
        variant: 'Calico',
        cni: { type: 'Calico', ipam: { type: 'Calico' } },
        calicoNetwork: {
          bgp: 'Enabled',
          linuxDataplane: ebpf ? 'BPF' : 'Iptables',
          ipPools: [
            {
              cidr: '10.244.0.0/16',
              encapsulation: 'IPIP',
              natOutgoing: 'Enabled',
              nodeSelector: 'all()',
              blockSize: 26,
            },
          ],
        },
      },
      status: {
        variant: 'Calico',
        mtu: 1480,
        calicoVersion: 'v3.28.1',
        conditions: [
          { type: 'Ready', status: 'True', reason: 'AllObjectsAvailable', message: 'All objects available' },
        ],
      },
    }),
    custom('operator.tigera.io/v1', 'TigeraStatus', 'calico', {
      status: {
        conditions: [
          { type: 'Available', status: 'True', reason: 'AllObjectsAvailable', message: 'All objects available' },
          { type: 'Degraded', status: 'False', reason: 'AllObjectsAvailable', message: '' },
          { type: 'Progressing', status: 'False', reason: 'AllObjectsAvailable', message: '' },
        ],
      },
    }),
    ...calicoObjects(),
    ...proxy,
    ...appPods((_, number) => `10.244.${number}.1`),
  ];
}

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

/** EKS: pods have addresses of the VPC, and nodes no podCIDR. */
export function awsVpc(env: Readonly<Record<string, string>> = {}, pods = '29'): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, {
        podCIDR: null,
        pods,
        labels: { 'node.kubernetes.io/instance-type': 'm5.large', 'topology.kubernetes.io/zone': 'eu-west-1a' },
        spec: { providerID: `aws:///eu-west-1a/i-0${name}` },
      }),
    ),
    ...agents('aws-node', [
      {
        name: 'aws-node',
        image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.2',
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
      },
      {
        name: 'aws-eks-nodeagent',
        image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon/aws-network-policy-agent:v1.1.6',
        args: ['--enable-network-policy=false'],
      },
    ]),
    ...kubeProxy(),
    ...appPods((_, number) => `10.0.0.1${number}0`),
  ];
}

export function azure(): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, { podCIDR: null, pods: '30', spec: { providerID: `azure:///subscriptions/x/${name}` } }),
    ),
    ...agents('azure-cns', [
      { name: 'cns-container', image: 'mcr.microsoft.com/containernetworking/azure-cns:v1.6.13' },
    ]),
    ...NODES.map((name) => ({
      ...custom('acn.azure.com/v1alpha', 'NodeNetworkConfig', name, {
        spec: { requestedIPCount: 16 },
        status: {
          assignedIPCount: 16,
          scaler: { maxIPCount: 250, batchSize: 16 },
          networkContainers: [
            {
              status: 'Available',
              subnetName: 'pods',
              subnetAddressSpace: '10.1.0.0/16',
              ipAssignments: Array.from({ length: 16 }, (_, at) => ({ ip: `10.1.${name.slice(1)}.${at + 1}` })),
            },
          ],
        },
      }),
      metadata: { name, namespace: 'kube-system' },
    })),
    ...kubeProxy(),
    ...appPods((_, number) => `10.1.${number}.1`),
  ];
}

export const gkeDataplane = (): readonly KubeObject[] => [
  ...NODES.map((name) => clusterNode(name, { reason: 'RouteCreated', spec: { providerID: `gce://p/z/${name}` } })),
  ...agents('anetd', [{ name: 'cilium-agent', image: 'gke.gcr.io/cilium/cilium:v1.14.7-gke.1' }], {
    labels: { 'k8s-app': 'cilium' },
  }),
  configMap('cilium-config', { 'routing-mode': 'native', ipam: 'kubernetes', 'kube-proxy-replacement': 'strict' }),
  ...kubeProxy().slice(-1),
  ...appPods(),
];

/** OVN-Kubernetes as OpenShift runs it, with Multus in front. */
export function ovn(): readonly KubeObject[] {
  return [
    ...NODES.map((name) =>
      clusterNode(name, {
        podCIDR: null,
        annotations: { 'k8s.ovn.org/node-subnets': `{"default":["10.128.${name.slice(1)}.0/23"]}` },
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
    ...appPods((_, number) => `10.128.${number}.5`),
  ];
}

/** A bridge on each node and static routes between them: no agents at all. */
export const bridge = (): readonly KubeObject[] => [
  ...NODES.map((name) => clusterNode(name)),
  ...kubeProxy(),
  ...appPods(),
];
