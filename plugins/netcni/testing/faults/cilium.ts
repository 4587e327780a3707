import type { KubeObject } from '../../../../shared/model/objects.ts';
import { secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { cilium, gkeDataplane } from '../networks/cilium.ts';
import { flannel } from '../networks/flannel.ts';
import { custom, NODES } from '../networks/parts.ts';
import { agentCrashes, call, joined, type NetworkFaults, sandboxFailure, silent, withSpec } from './fault.ts';

/** The agent's view of a pod, made so many seconds ago. */
function endpoint(name: string, state: string, seconds: number): KubeObject {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { name, namespace: 'shop', creationTimestamp: secondsAgo(seconds) },
    status: { id: 7, state, networking: { node: '10.0.0.2', addressing: [{ ipv4: '10.244.2.10' }] } },
  } as KubeObject;
}

function withStatus(node: string, status: object): readonly KubeObject[] {
  return changed(cilium(), 'CiliumNode', node, (one) => ({ ...one, status }) as KubeObject);
}

function tainted(objects: readonly KubeObject[], node: string): readonly KubeObject[] {
  return withSpec(objects, 'Node', node, {
    taints: [{ key: 'node.cilium.io/agent-not-ready', value: 'true', effect: 'NoSchedule' }],
  });
}

function bgp(node: string, peeringState: string): KubeObject {
  return custom('cilium.io/v2alpha1', 'CiliumBGPNodeConfig', node, {
    spec: {},
    status: {
      bgpInstances: [
        { name: 'main', peers: [{ name: 'router', peerAddress: '192.0.2.1', peerASN: 64512, peeringState }] },
      ],
    },
  });
}

function loadBalancerPool(name: string, status: string): KubeObject {
  return custom('cilium.io/v2alpha1', 'CiliumLoadBalancerIPPool', name, {
    spec: { blocks: [{ cidr: '192.0.2.0/25' }] },
    status: {
      conditions: [
        {
          type: 'cilium.io/PoolConflict',
          status,
          reason: 'cidr_overlap',
          message: status === 'True' ? "Pool conflict since range '192.0.2.0/25' overlaps with pool 'green'" : 'no',
        },
      ],
    },
  });
}

/** Cilium in place of kube-proxy with more settings. */
function configured(more: Readonly<Record<string, string>>): readonly KubeObject[] {
  return changed(cilium(true), 'ConfigMap', 'cilium-config', (one) => ({
    ...one,
    data: { ...(one as { data?: object }).data, ...more },
  }));
}

/** Agents that do not get to the API server by its ClusterIP. */
function withoutApi(objects: readonly KubeObject[]): readonly KubeObject[] {
  const words =
    'level=fatal msg="Unable to initialize Kubernetes subsystem" error="Get \\"https://10.96.0.1:443/api\\": dial tcp 10.96.0.1:443: i/o timeout"';
  return NODES.reduce((all, node) => agentCrashes(all, 'cilium', node, words), objects);
}

function keyed(objects: readonly KubeObject[], ...nodes: readonly string[]): readonly KubeObject[] {
  const annotations = { 'network.cilium.io/wg-pub-key': 'c2VjcmV0' };
  return nodes.reduce(
    (all, node) => changed(all, 'CiliumNode', node, (one) => ({ ...one, metadata: { ...one.metadata, annotations } })),
    objects,
  );
}

export const CILIUM_FAULTS: NetworkFaults = {
  'cilium: operator gives no range': {
    objects: () => [
      ...changed(
        cilium(),
        'CiliumNode',
        'n3',
        (one) =>
          ({
            ...one,
            spec: { ipam: {} },
            status: {
              ipam: {
                'operator-status': {
                  error: 'allocator not configured for the requested cidr: all CIDR ranges are exhausted',
                },
              },
            },
          }) as KubeObject,
      ),
      ...sandboxFailure(
        'n3',
        `${call('cilium-cni', 'cilium')}unable to connect to Cilium agent: failed to create cilium agent client after 30.000000 seconds timeout`,
      ),
    ],
    code: 'CNI502',
    words: ['n3', 'all CIDR ranges are exhausted'],
  },
  'cilium: agent down': {
    objects: () => [
      ...agentCrashes(
        cilium(),
        'cilium',
        'n1',
        'level=fatal msg="minimal supported kernel version is >= 5.10.0; kernel version that is running is: 4.18.0"',
      ),
      ...sandboxFailure(
        'n1',
        `${call('cilium-cni', 'cilium')}unable to connect to Cilium agent: dial unix /var/run/cilium/cilium.sock: connect: no such file or directory`,
      ),
    ],
    code: 'CNI104',
    words: ['n1', 'kernel of the node is too old'],
  },
  'cilium: out of addresses': {
    objects: () => [
      ...cilium(),
      ...sandboxFailure(
        'n2',
        `${call('cilium-cni', 'cilium')}unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "range is full"`,
      ),
    ],
    code: 'CNI304',
    words: ['n2', 'range is full'],
  },
  'cilium: neither kube-proxy nor its replacement': {
    objects: () => cilium().filter((one) => !/^kube-proxy/.test(one.metadata?.name ?? '')),
    code: 'CNI210',
    words: ['kube-proxy', 'Cilium'],
  },
  'cilium: operator down': {
    objects: () => [
      ...cilium(),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'cilium-operator', namespace: 'kube-system', creationTimestamp: secondsAgo(86_400) },
        spec: { replicas: 2 },
        status: { replicas: 2 },
      } as KubeObject,
    ],
    code: 'CNI108',
    words: ['cilium-operator', '0 of 2'],
  },
  'gke: kubelet stopped': { objects: () => silent(gkeDataplane(), 'n2'), code: 'CNI201', words: ['n2'] },
  'gke: agent crashes': {
    objects: () => agentCrashes(gkeDataplane(), 'anetd', 'n3', 'level=fatal msg="unable to start: Unauthorized"'),
    code: 'CNI104',
    words: ['n3', 'GKE Dataplane V2', 'credentials'],
  },
  'cilium: a node has not registered': {
    objects: () => changed(cilium(), 'CiliumNode', 'n3', () => undefined),
    code: 'CNI501',
    words: ['n3', '2 CiliumNodes'],
    sound: () => [
      joined(
        changed(cilium(), 'CiliumNode', 'n3', () => undefined),
        'n3',
        20,
      ),
    ],
  },
  'cilium: endpoints wait': {
    objects: () => [...cilium(), endpoint('web-n2', 'waiting-for-identity', 600), endpoint('web-n1', 'ready', 600)],
    code: 'CNI503',
    words: ['n2', 'waiting-for-identity', 'shop/web-n2'],
    sound: () => [
      [...cilium(), endpoint('web-n1', 'ready', 600), endpoint('web-n2', 'regenerating', 600)],
      [...cilium(), endpoint('web-n1', 'waiting-for-identity', 5)],
    ],
  },
  'cilium: its taint stays': {
    objects: () => tainted(cilium(), 'n2'),
    code: 'CNI504',
    words: ['n2', 'node.cilium.io/agent-not-ready', 'the agent is ready'],
    sound: () => [joined(tainted(cilium(), 'n2'), 'n2', 30)],
  },
  'flannel: the taint of a Cilium that was taken away stays on two nodes': {
    objects: () => tainted(tainted(flannel(), 'n2'), 'n3'),
    code: 'CNI504',
    words: ['nodes n2 and n3 still have the taint', 'of Cilium, which has no agents in this cluster'],
  },
  'cilium: the cloud has no address for a node, in many words': {
    objects: () =>
      withStatus('n2', {
        ipam: {
          'operator-status': {
            error:
              'unable to create interface: unable to allocate an ENI: operation error EC2: CreateNetworkInterface, https response error StatusCode: 400, RequestID: 7, api error InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request.',
          },
        },
      }),
    code: 'CNI502',
    words: ['node n2 no pod addresses: InsufficientFreeAddressesInSubnet: The specified subnet'],
  },
  'cilium: BGP not established': {
    objects: () => [...cilium(), bgp('n1', 'active'), bgp('n2', 'established')],
    code: 'CNI507',
    words: ['n1', '192.0.2.1', 'active'],
    sound: () => [[...cilium(), bgp('n1', 'established'), bgp('n2', 'established')]],
  },
  'cilium: load-balancer pools overlap': {
    objects: () => [...cilium(), loadBalancerPool('blue', 'True'), loadBalancerPool('green', 'False')],
    code: 'CNI508',
    words: ['CiliumLoadBalancerIPPool blue', "overlaps with pool 'green'"],
    sound: () => [[...cilium(), loadBalancerPool('blue', 'False'), loadBalancerPool('green', 'False')]],
  },
  'cilium: replaces kube-proxy and was not told of the API server': {
    objects: () => withoutApi(cilium(true)),
    code: 'CNI509',
    words: ['n1, n2 and n3', 'replace kube-proxy', 'KUBERNETES_SERVICE_HOST', '10.96.0.1:443'],
  },
  'cilium: told of the API server, which does not answer': {
    objects: () => withoutApi(configured({ 'k8s-api-server': 'https://10.0.0.1:6443' })),
    code: 'CNI104',
    words: ['n1, n2 and n3', 'cannot reach the API server'],
  },
  'cilium: a node without a key of WireGuard': {
    objects: () => keyed(configured({ 'enable-wireguard': 'true' }), 'n1', 'n2'),
    code: 'CNI510',
    words: ['n3', 'WireGuard', 'wg-pub-key', 'enable-wireguard'],
    sound: () => [
      keyed(configured({ 'enable-wireguard': 'true' }), 'n1', 'n2', 'n3'),
      configured({ 'enable-wireguard': 'true' }),
    ],
  },
};
