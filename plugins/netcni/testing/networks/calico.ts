import type { KubeObject } from '../../../../shared/model/objects.ts';
import { agents, appPods, clusterNode, configMap, custom, kubeProxy, NODES } from './parts.ts';

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
