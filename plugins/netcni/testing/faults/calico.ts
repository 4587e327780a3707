import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { event, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { calico, calicoOperator } from '../networks/calico.ts';
import { cilium } from '../networks/cilium.ts';
import { agents, custom, NODES } from '../networks/parts.ts';
import { annotated, keptAway, type NetworkFaults, pool, withSpec } from './fault.ts';

/** The default configuration of BGP. */
function mesh(on: boolean): KubeObject {
  return custom('crd.projectcalico.org/v1', 'BGPConfiguration', 'default', { spec: { nodeToNodeMeshEnabled: on } });
}

/** Calico with one node whose address is of another subnet, for Kubernetes as well. */
function subnets(node: string, address: string): readonly KubeObject[] {
  const moved = annotated(calico(), node, (own) => ({ ...own, 'projectcalico.org/IPv4Address': address }));
  return changed<Node>(moved, 'Node', node, (one) => ({
    ...one,
    status: { ...one.status, addresses: [{ type: 'InternalIP', address: address.replace(/\/.*/, '') }] },
  }));
}

function withVethMtu(mtu: string): readonly KubeObject[] {
  return changed(calico(), 'ConfigMap', 'calico-config', (one) => ({
    ...one,
    data: { ...(one as { data?: object }).data, veth_mtu: mtu },
  }));
}

function onAzure(objects: readonly KubeObject[]): readonly KubeObject[] {
  return onProvider(objects, 'azure');
}

/** Nodes reach each other by public addresses. */
function publicly(objects: readonly KubeObject[]): readonly KubeObject[] {
  return NODES.reduce((all, node) => {
    const address = `203.0.113.${node.slice(1)}`;
    const moved = annotated(all, node, (own) => ({ ...own, 'projectcalico.org/IPv4Address': `${address}/32` }));
    return changed<Node>(moved, 'Node', node, (one) => ({
      ...one,
      status: { ...one.status, addresses: [{ type: 'InternalIP', address }] },
    }));
  }, objects);
}

function onProvider(objects: readonly KubeObject[], provider: string): readonly KubeObject[] {
  return NODES.reduce((all, node) => withSpec(all, 'Node', node, { providerID: `${provider}:///x/${node}` }), objects);
}

export const CALICO_FAULTS: NetworkFaults = {
  'calico: BGP not established': {
    objects: () =>
      changed(
        calico(),
        'CalicoNodeStatus',
        'status-n1',
        (one) =>
          ({
            ...one,
            status: {
              lastUpdated: '2026-03-01T11:59:55Z',
              bgp: {
                numberEstablishedV4: 1,
                numberNotEstablishedV4: 1,
                peersV4: [
                  { peerIP: '10.0.0.2', type: 'NodeMesh', state: 'Active', since: '11:40:00' },
                  { peerIP: '10.0.0.3', type: 'NodeMesh', state: 'Established' },
                ],
              },
            },
          }) as KubeObject,
      ),
    code: 'CNI401',
    words: ['n1', '10.0.0.2 (node n2)', 'Active'],
  },
  'calico: BGPPeer for no node': {
    objects: () => [
      ...calico(),
      custom('crd.projectcalico.org/v1', 'BGPPeer', 'rack-1', {
        spec: { nodeSelector: "rack == 'rack-1'", peerIP: '192.0.2.1', asNumber: 64512 },
      }),
    ],
    code: 'CNI402',
    words: ['rack-1'],
  },
  'calico: datastore locked': {
    objects: () =>
      changed(
        calico(),
        'ClusterInformation',
        'default',
        (one) => ({ ...one, spec: { calicoVersion: 'v3.28.1', datastoreReady: false } }) as KubeObject,
      ),
    code: 'CNI406',
    words: ['datastoreReady'],
  },
  'calico: address of docker0': {
    objects: () => annotated(calico(), 'n2', (own) => ({ ...own, 'projectcalico.org/IPv4Address': '172.17.0.1/16' })),
    code: 'CNI408',
    words: ['n2', '172.17.0.1', '10.0.0.2'],
  },
  'calico: felix not ready': {
    objects: () => {
      const objects = changed<Pod>(calico(), 'Pod', 'calico-node-n2', (one) => ({
        ...one,
        status: {
          ...one.status,
          conditions: (one.status?.conditions ?? []).map((condition) =>
            condition.type === 'Ready'
              ? { ...condition, status: 'False', lastTransitionTime: secondsAgo(600) }
              : condition,
          ),
          containerStatuses: (one.status?.containerStatuses ?? []).map((status) => ({ ...status, ready: false })),
        },
      }));
      const agent = objects.find((one) => one.metadata?.name === 'calico-node-n2');
      return [
        ...objects,
        event(
          agent ?? {},
          'Unhealthy',
          'Readiness probe failed: calico/node is not ready: BIRD is not ready: BGP not established with 10.0.0.1,10.0.0.3',
        ),
      ];
    },
    code: 'CNI104',
    words: ['n2', 'BGP'],
  },
  'calico operator: degraded': {
    objects: () =>
      changed(
        calicoOperator(),
        'TigeraStatus',
        'calico',
        (one) =>
          ({
            ...one,
            status: {
              conditions: [
                { type: 'Available', status: 'False', reason: 'NotAllReady' },
                {
                  type: 'Degraded',
                  status: 'True',
                  reason: 'ResourceUpdateError',
                  message: 'Could not resolve CalicoNetwork IPPool and kubeadm configuration',
                },
              ],
            },
          }) as KubeObject,
      ),
    code: 'CNI405',
    words: ['TigeraStatus calico', 'ResourceUpdateError'],
  },
  'calico operator: agent kept away': {
    objects: () => keptAway(calicoOperator(), 'calico-node', 'n1'),
    code: 'CNI103',
    words: ['n1', 'dedicated=gpu'],
  },
  'calico eBPF: kernel too old': {
    objects: () =>
      changed<Node>(calicoOperator(true), 'Node', 'n3', (one) => ({
        ...one,
        status: { ...one.status, nodeInfo: { ...one.status?.nodeInfo, kernelVersion: '4.15.0-213-generic' } },
      })),
    code: 'CNI206',
    words: ['n3', '4.15.0', 'eBPF'],
  },
  'calico: two plugins at once': {
    objects: () => [...calico(), ...agents('kube-flannel-ds', [{ name: 'kube-flannel', image: 'flannel:v0.27.4' }])],
    code: 'CNI102',
    words: ['Calico', 'Flannel'],
  },
  'calico: no mesh and no peers': {
    objects: () => [...calico(), mesh(false)],
    code: 'CNI403',
    words: ['any node', 'nodeToNodeMeshEnabled is false', '0 BGPPeers'],
    sound: () => [
      [...calico(), mesh(true)],
      [
        ...calico(),
        mesh(false),
        custom('crd.projectcalico.org/v1', 'BGPPeer', 'reflector', {
          spec: { peerIP: '10.0.0.9', asNumber: 64512 },
        }),
      ],
      // VXLAN needs no BGP.
      [...pool(calico(), { ipipMode: 'Never', vxlanMode: 'Always' }), mesh(false)],
    ],
  },
  'calico: no tunnel between subnets': {
    objects: () => pool(subnets('n3', '10.0.9.3/24'), { ipipMode: 'Never', vxlanMode: 'Never' }),
    code: 'CNI404',
    words: ['default-ipv4-ippool', '10.0.0.0/24', '10.0.9.0/24'],
    sound: () => [
      pool(subnets('n3', '10.0.9.3/24'), { ipipMode: 'CrossSubnet', vxlanMode: 'Never' }),
      pool(calico(), { ipipMode: 'Never', vxlanMode: 'Never' }),
    ],
  },
  'calico: MTU too large for the tunnel': {
    objects: () => withVethMtu('1500'),
    code: 'CNI720',
    words: ['Calico', 'MTU of 1500', '1480', 'IPv4 20'],
    sound: () => [withVethMtu('1480'), withVethMtu('0'), withVethMtu('8980')],
  },
  'calico: MTU too large for a private network of Hetzner Cloud': {
    objects: () => onProvider(withVethMtu('1480'), 'hcloud'),
    code: 'CNI720',
    words: ['MTU of 1480', '1430', '1450 (private networks of Hetzner Cloud'],
    sound: () => [onProvider(withVethMtu('1430'), 'hcloud'), onProvider(publicly(withVethMtu('1480')), 'hcloud')],
  },
  'calico: MTU that fits a network of Google Cloud that was made wider': {
    objects: () => onProvider(withVethMtu('1480'), 'gce'),
    code: 'CNI720',
    words: ['MTU of 1480', '1440', '1460 (networks of Google Cloud have 1460 unless changed)'],
    note: true,
    sound: () => [onProvider(withVethMtu('1440'), 'gce')],
  },
  'calico: IP in IP on Azure': {
    objects: () => onAzure(calico()),
    code: 'CNI409',
    words: ['default-ipv4-ippool', 'IP in IP', 'across nodes', 'azure:///'],
    sound: () => [onAzure(pool(calico(), { ipipMode: 'Never', vxlanMode: 'Always' })), onAzure(cilium())],
  },
};
