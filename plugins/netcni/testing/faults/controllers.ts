import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { pod, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { calico, calicoOperator } from '../networks/calico.ts';
import { cilium } from '../networks/cilium.ts';
import { antrea, kubeOvn, ovn } from '../networks/others.ts';
import { clusterNode, crashing, custom, kubeProxy, NODES, withReady } from '../networks/parts.ts';
import { agentCrashes, annotated, call, type NetworkFaults, NO_CONFIG, sandboxFailure } from './fault.ts';

/** A Deployment of the network plugin whose one pod crashes with these last words, or has a replica that works. */
function controller(name: string, words: string | undefined, namespace = 'kube-system'): readonly KubeObject[] {
  const owner = (kind: string, own: string) => [
    { apiVersion: 'apps/v1', kind, name: own, controller: true, uid: `uid-${own}` },
  ];
  const own = { namespace, creationTimestamp: secondsAgo(86_400) };
  const running = pod(`${name}-5d4f-x`, {
    namespace,
    node: 'n1',
    ip: '10.0.0.1',
    spec: { hostNetwork: true },
    meta: { ownerReferences: owner('ReplicaSet', `${name}-5d4f`) },
  });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, uid: `uid-${name}`, ...own },
      spec: { replicas: 1 },
      status: words === undefined ? { replicas: 1, availableReplicas: 1 } : { replicas: 1 },
    } as KubeObject,
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: `${name}-5d4f`, uid: `uid-${name}-5d4f`, ...own, ownerReferences: owner('Deployment', name) },
    } as KubeObject,
    words === undefined ? running : crashing(running, words),
  ];
}

/** Agents that wait for Typha, as Felix says it. */
const withoutTypha = (): readonly KubeObject[] =>
  NODES.reduce<readonly KubeObject[]>(
    (all, node) =>
      agentCrashes(
        all,
        'calico-node',
        node,
        '[FATAL][61] felix/daemon.go 369: Failed to connect to Typha: dial tcp 10.0.0.1:5473: connect: connection refused',
      ),
    calico(),
  );

/** Antrea whose agents reach no controller. */
function withoutController(): readonly KubeObject[] {
  return antrea().map((one) =>
    one.kind === 'AntreaAgentInfo'
      ? ({
          ...one,
          agentConditions: (one as { agentConditions?: { type: string }[] }).agentConditions?.map((condition) =>
            condition.type === 'ControllerConnectionUp' ? { ...condition, status: 'False' } : condition,
          ),
        } as KubeObject)
      : one,
  );
}

const REFUSED =
  "Could not resolve CalicoNetwork IPPool and kubeadm configuration: IPPool 192.168.0.0/16 is not within the platform's configured pod network CIDR(s) [10.244.0.0/16]";

/** A cluster without network, on which the operator of Calico was installed. */
function beforeAgents(...more: readonly KubeObject[]): readonly KubeObject[] {
  return [
    ...NODES.map((name) => withReady(clusterNode(name), 'False', 'KubeletNotReady', NO_CONFIG)),
    ...kubeProxy(),
    ...controller('tigera-operator', undefined, 'tigera-operator'),
    ...more,
  ];
}

const installation = custom('operator.tigera.io/v1', 'Installation', 'default', {
  spec: { calicoNetwork: { ipPools: [{ cidr: '192.168.0.0/16' }] } },
});

function status(name: string, reason: string, message: string): KubeObject {
  return custom('operator.tigera.io/v1', 'TigeraStatus', name, {
    status: { conditions: [{ type: 'Degraded', status: 'True', reason, message }] },
  });
}

/** Calico with the eBPF dataplane, whose agents ask for the API server by its ClusterIP. */
function ebpfWithoutApi(...more: readonly KubeObject[]): readonly KubeObject[] {
  return [
    ...NODES.reduce<readonly KubeObject[]>(
      (all, node) =>
        agentCrashes(
          all,
          'calico-node',
          node,
          'failed to query kubeadm\'s config map error=Get "https://10.96.0.1:443/api/v1/namespaces/kube-system/configmaps/kubeadm-config": dial tcp 10.96.0.1:443: i/o timeout',
        ),
      calicoOperator(true),
    ),
    ...more,
  ];
}

/** Controllers of plugins, and what waits for them. */
export const CONTROLLERS_FAULTS: NetworkFaults = {
  'calico: Typha is down, and every agent waits for it': {
    objects: () => [...withoutTypha(), ...controller('calico-typha', 'Failed to load configuration: invalid value')],
    code: 'CNI108',
    words: ['calico-typha', 'its configuration cannot be read', 'as a result: the Calico agent does not work'],
  },
  'calico: Typha works, and the agents of nodes do not get there': {
    objects: () => [...withoutTypha(), ...controller('calico-typha', undefined)],
    code: 'CNI104',
    words: ['n1, n2 and n3', 'cannot reach Typha'],
  },
  'antrea: its controller is down': {
    objects: () => [
      ...withoutController(),
      ...controller('antrea-controller', 'listen tcp 0.0.0.0:10349: bind: address already in use'),
    ],
    code: 'CNI108',
    words: [
      'antrea-controller',
      'a port that it needs is taken',
      'as a result: the Antrea agents of nodes n1, n2 and n3',
    ],
  },
  'antrea: its controller works and agents do not reach it': {
    objects: () => [...withoutController(), ...controller('antrea-controller', undefined)],
    code: 'CNI701',
    words: ['agents of nodes n1, n2 and n3 report ControllerConnectionUp False'],
  },
  'ovn: a node joined while its control plane was down': {
    objects: () => [
      ...annotated(ovn(), 'n3', () => ({})),
      ...controller(
        'ovnkube-control-plane',
        'failed to start cluster manager: cluster subnet pool exhausted',
        'openshift-ovn-kubernetes',
      ),
    ],
    code: 'CNI108',
    words: ['ovnkube-control-plane', 'no free piece left', 'as a result: node n3 without annotation'],
  },
  'cilium: its operator is down, and pods wait for identities': {
    objects: () => [
      ...cilium(),
      ...controller('cilium-operator', 'Unable to register CRDs: customresourcedefinitions is forbidden: User "x"'),
      ...sandboxFailure(
        'n2',
        `${call('cilium-cni', 'cilium')}unable to create endpoint: [PUT /endpoint/{id}][500] putEndpointIdFailed "timeout while waiting for identity allocation"`,
      ),
    ],
    code: 'CNI108',
    words: ['cilium-operator', 'rights are missing', 'as a result: pod shop/api-1 on node n2'],
  },
  'kube-ovn: its controller is down, and pods get no address': {
    objects: () => [
      ...kubeOvn(),
      ...controller('kube-ovn-controller', 'dial tcp 10.96.0.1:443: i/o timeout'),
      ...sandboxFailure(
        'n2',
        `${call('kube-ovn', 'kube-ovn')}RPC failed; request ip return 500 no address allocated to pod shop/api-1`,
      ),
    ],
    code: 'CNI108',
    words: ['kube-ovn-controller', 'cannot reach the API server', 'as a result: pod shop/api-1 on node n2'],
  },
  'calico operator: it refuses the Installation, and no agent is made': {
    objects: () => beforeAgents(installation, status('calico', 'ResourceReadError', REFUSED)),
    code: 'CNI405',
    words: [
      'TigeraStatus calico',
      '192.168.0.0/16',
      '10.244.0.0/16',
      'as a result: 3 nodes (n1, n2 and n3) are NotReady because their pod network',
    ],
  },
  'calico operator: installed, and nobody asked it for a network': {
    objects: () => beforeAgents(),
    code: 'CNI101',
    words: ['tigera-operator waits for an Installation, and there is none'],
  },
  'calico operator: it complains of an agent that crashes, which says more': {
    objects: () => [
      ...agentCrashes(
        calicoOperator().filter(({ kind }) => kind !== 'TigeraStatus'),
        'calico-node',
        'n2',
        'Unable to auto-detect an IPv4 address',
      ),
      status('calico', 'PodFailure', 'Some pods are failing: DaemonSet "calico-system/calico-node" is not available'),
    ],
    code: 'CNI104',
    words: ['n2', 'no usable interface', 'as a result: TigeraStatus calico is degraded'],
  },
  'calico eBPF: kube-proxy is gone, and nobody told where the API server is': {
    objects: () => ebpfWithoutApi(),
    code: 'CNI410',
    words: ['n1, n2 and n3', 'tigera-operator/kubernetes-services-endpoint', 'as a result: the Calico agent'],
  },
  'calico eBPF: it was told, and the API server does not answer there': {
    objects: () =>
      ebpfWithoutApi({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
        data: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' },
      } as KubeObject),
    code: 'CNI104',
    words: ['n1, n2 and n3', 'cannot reach the API server'],
  },
  'cilium: an agent that ends before it can register': {
    objects: () =>
      changed(
        agentCrashes(cilium(), 'cilium', 'n3', 'Build config failed: dial tcp: lookup api.internal: no such host'),
        'CiliumNode',
        'n3',
        () => undefined,
      ),
    code: 'CNI104',
    words: ['n3', 'cannot resolve the name of the API server', 'as a result: node n3 without CiliumNode'],
  },
  'calico: BGP has no peers, because the address of a bridge was taken': {
    objects: () =>
      annotated(
        changed<Pod>(calico(), 'Pod', 'calico-node-n2', (one) =>
          crashing(one, 'calico/node is not ready: BIRD is not ready: BGP not established with 10.0.0.1,10.0.0.3'),
        ),
        'n2',
        (own) => ({ ...own, 'projectcalico.org/IPv4Address': '192.168.122.1/24' }),
      ),
    code: 'CNI408',
    words: ['n2', '192.168.122.1', '10.0.0.2', 'as a result: the Calico agent does not work on node n2'],
    sound: () => [
      // A network of its own joins the nodes there.
      NODES.reduce<readonly KubeObject[]>(
        (all, node) =>
          changed<Node>(
            annotated(all, node, (own) => ({
              ...own,
              'projectcalico.org/IPv4Address': `172.18.0.${node.slice(1)}/16`,
            })),
            'Node',
            node,
            (one) => ({
              ...one,
              status: {
                ...one.status,
                addresses: [{ type: 'InternalIP', address: `172.18.0.${node.slice(1)}` }],
              },
            }),
          ),
        calico().filter(({ kind }) => kind !== 'CalicoNodeStatus'),
      ),
    ],
  },
  'calico: a router that no node reaches is told once': {
    objects: () => [
      ...calico().filter(({ kind }) => kind !== 'CalicoNodeStatus'),
      ...NODES.map((node) =>
        custom('projectcalico.org/v3', 'CalicoNodeStatus', node, {
          spec: { node },
          status: { bgp: { peersV4: [{ peerIP: '192.0.2.1', type: 'GlobalPeer', state: 'OpenSent' }] } },
        }),
      ),
    ],
    code: 'CNI401',
    words: ['BGP of nodes n1, n2 and n3', '192.0.2.1', 'OpenSent'],
  },
};
