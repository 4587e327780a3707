import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import { changed } from '../check-objects.ts';
import { calico } from '../networks/calico.ts';
import { cilium } from '../networks/cilium.ts';
import { kindnet, ovn } from '../networks/others.ts';
import { custom, NODES } from '../networks/parts.ts';
import { annotated, type NetworkFaults, silent, withSpec } from './fault.ts';

const CHASSIS = 'k8s.ovn.org/node-chassis-id';

/** OVN, whose node n3 is a clone of another or has an identity of its own. */
function chassis(third: string): readonly KubeObject[] {
  return NODES.reduce<readonly KubeObject[]>(
    (objects, node) => annotated(objects, node, (own) => ({ ...own, [CHASSIS]: node === 'n3' ? third : `of-${node}` })),
    ovn(),
  );
}

function addressOf(objects: readonly KubeObject[], node: string, address: string): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => ({
    ...one,
    status: { ...one.status, addresses: [{ type: 'InternalIP', address }] },
  }));
}

const tunnels = (third: string): readonly KubeObject[] =>
  Object.entries({ n2: '10.244.2.1', n3: third }).reduce(
    (objects, [node, address]) =>
      annotated(objects, node, (own) => ({ ...own, 'projectcalico.org/IPv4IPIPTunnelAddr': address })),
    calico(),
  );

/** What is left of a node that is gone, with this range. */
function leftover(range: string): readonly KubeObject[] {
  const spec = { addresses: [{ type: 'InternalIP', ip: '10.0.0.9' }], ipam: { podCIDRs: [range] } };
  return [...cilium(), custom('cilium.io/v2', 'CiliumNode', 'n9', { spec, status: {} })];
}

function announcedAt(...addresses: readonly string[]): readonly KubeObject[] {
  return withSpec(cilium(), 'CiliumNode', 'n3', {
    addresses: addresses.map((ip) => ({ type: 'InternalIP', ip })),
    ipam: { podCIDRs: ['10.244.3.0/24'] },
  });
}

export const IDENTITIES_FAULTS: NetworkFaults = {
  'kindnet: two nodes have one InternalIP': {
    objects: () => addressOf(kindnet(), 'n3', '10.0.0.2'),
    code: 'CNI213',
    words: ['nodes n2 and n3 have the same InternalIP 10.0.0.2'],
  },
  'kindnet: the object of a renamed machine is silent, and that alone is told': {
    objects: () => silent(addressOf(kindnet(), 'n3', '10.0.0.2'), 'n3'),
    code: 'CNI201',
    words: ['n3'],
  },
  'calico: two nodes have one address for BGP': {
    objects: () => annotated(calico(), 'n3', (own) => ({ ...own, 'projectcalico.org/IPv4Address': '10.0.0.2/24' })),
    code: 'CNI213',
    words: ['n2 and n3', 'Calico address 10.0.0.2', 'annotation projectcalico.org/IPv4Address'],
  },
  'calico: two nodes have one tunnel address': {
    objects: () => tunnels('10.244.2.1'),
    code: 'CNI213',
    words: ['n2 and n3', 'address of the Calico tunnel 10.244.2.1'],
    sound: () => [tunnels('10.244.3.1')],
  },
  'ovn: a cloned machine': {
    objects: () => chassis('of-n2'),
    code: 'CNI213',
    words: ['n2 and n3', 'OVN chassis of-n2'],
    sound: () => [chassis('of-n3')],
  },
  'ovn: two nodes have one subnet': {
    objects: () => annotated(ovn(), 'n2', () => ({ 'k8s.ovn.org/node-subnets': '{"default":["10.128.2.0/23"]}' })),
    code: 'CNI302',
    words: ['nodes n1 and n2 share pod addresses: 10.128.2.0/23'],
  },
  'cilium: two nodes have one range': {
    objects: () => withSpec(cilium(), 'CiliumNode', 'n3', { ipam: { podCIDRs: ['10.244.2.0/24'] } }),
    code: 'CNI302',
    words: ['nodes n2 and n3 share pod addresses: 10.244.2.0/24', 'CiliumNode n3 spec.ipam'],
  },
  'cilium: what a gone node left has the range of another': {
    objects: () => leftover('10.244.3.0/24'),
    code: 'CNI302',
    words: ['n3 and n9', 'one is gone, and its CiliumNode is left'],
    sound: () => [leftover('10.244.9.0/24')],
  },
  'cilium: a node is announced at an address of before': {
    objects: () => announcedAt('10.0.9.9'),
    code: 'CNI511',
    words: ['n3', '10.0.9.9', 'InternalIP is 10.0.0.3'],
    sound: () => [announcedAt('10.0.0.3'), announcedAt('10.0.0.3', 'fd00::3')],
  },
};
