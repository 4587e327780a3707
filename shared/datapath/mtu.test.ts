import { describe, expect, it } from 'vitest';
import { judgeMtu, type MtuSetup, overheadOf, podMtu, segmentSize, smallestMtu } from './mtu.ts';
import { layerOf, wrappingOfInterface } from './mtu-headers.ts';
import { usualUnderlay } from './mtu-underlay.ts';

describe('one wrapping', () => {
  it.each([
    ['vxlan', 50, 70],
    ['geneve', 50, 70],
    ['ipip', 20, 40],
    ['gre', 42, 62],
    ['udp', 28, 48],
    ['fou', 28, 48],
    ['gue', 32, 52],
    ['wireguard', 60, 80],
  ] as const)('%s takes %d bytes over IPv4 and %d over IPv6', (wrapping, v4, v6) => {
    expect([layerOf(wrapping, 4).bytes, layerOf(wrapping, 6).bytes]).toEqual([v4, v6]);
  });

  it('says what the bytes are', () => {
    expect(layerOf('vxlan', 4).parts).toBe('IPv4 20 + UDP 8 + VXLAN 8 + inner Ethernet 14');
    expect(layerOf('geneve', 6, 8).parts).toBe('IPv6 40 + UDP 8 + Geneve 8 + inner Ethernet 14 + options 8');
  });
});

describe('what is left for pods of a network of 1500', () => {
  const cases: readonly (readonly [string, MtuSetup, number])[] = [
    ['Calico without encapsulation', { plugin: 'calico', encapsulations: [], outer: 4 }, 1500],
    ['Calico with IPIP', { plugin: 'calico', encapsulations: ['ipip'], outer: 4 }, 1480],
    ['Calico with a pool of each kind', { plugin: 'calico', encapsulations: ['ipip', 'vxlan'], outer: 4 }, 1450],
    [
      'Calico with VXLAN and WireGuard, which wraps once',
      { plugin: 'calico', encapsulations: ['vxlan'], encryption: 'wireguard', outer: 4 },
      1440,
    ],
    [
      'Calico with WireGuard between IPv6 nodes',
      { plugin: 'calico', encapsulations: [], encryption: 'wireguard', outer: 6 },
      1420,
    ],
    ['Calico with VXLAN between IPv6 nodes', { plugin: 'calico', encapsulations: ['vxlan'], outer: 6 }, 1430],
    [
      'Calico with WireGuard of the nodes too, on AKS',
      { plugin: 'calico', encapsulations: [], encryption: 'wireguard', azureHosts: true, outer: 4 },
      1340,
    ],
    ['Canal', { plugin: 'canal', encapsulations: ['vxlan'], outer: 4 }, 1450],
    ['Cilium with VXLAN', { plugin: 'cilium', encapsulations: ['vxlan'], outer: 4 }, 1450],
    ['Cilium with Geneve between IPv6 nodes', { plugin: 'cilium', encapsulations: ['geneve'], outer: 6 }, 1430],
    ['Cilium with WireGuard', { plugin: 'cilium', encapsulations: [], encryption: 'wireguard', outer: 4 }, 1420],
    [
      'Cilium with IPsec over Geneve with DSR, wrapped twice',
      { plugin: 'cilium', encapsulations: ['geneve'], encryption: 'ipsec', geneveDsr: true, outer: 4 },
      1361,
    ],
    ['Cilium with native routing', { plugin: 'cilium', encapsulations: [], outer: 4 }, 1500],
    ['Cilium with VXLAN between IPv6 nodes', { plugin: 'cilium', encapsulations: ['vxlan'], outer: 6 }, 1430],
    ['Cilium with Geneve and DSR', { plugin: 'cilium', encapsulations: ['geneve'], geneveDsr: true, outer: 4 }, 1438],
    [
      'Cilium with VXLAN and WireGuard, wrapped twice',
      { plugin: 'cilium', encapsulations: ['vxlan'], encryption: 'wireguard', outer: 4, version: 'v1.18.2' },
      1370,
    ],
    [
      'Cilium 1.19.5 with WireGuard, padding counted',
      { plugin: 'cilium', encapsulations: [], encryption: 'wireguard', outer: 4, version: '1.19.5' },
      1405,
    ],
    ['Cilium with IPsec', { plugin: 'cilium', encapsulations: [], encryption: 'ipsec', outer: 4 }, 1423],
    [
      'Cilium with IPsec of a 256-bit key over VXLAN',
      { plugin: 'cilium', encapsulations: ['vxlan'], encryption: 'ipsec', ipsecKeyBytes: 32, outer: 4 },
      1357,
    ],
    ['Flannel with VXLAN', { plugin: 'flannel', encapsulations: ['vxlan'], outer: 4 }, 1450],
    ['Flannel with VXLAN, also over IPv6', { plugin: 'flannel', encapsulations: ['vxlan'], outer: 6 }, 1430],
    ['Flannel with WireGuard', { plugin: 'flannel', encapsulations: [], encryption: 'wireguard', outer: 4 }, 1420],
    ['Flannel with IPIP', { plugin: 'flannel', encapsulations: ['ipip'], outer: 4 }, 1480],
    ['Flannel with IPsec', { plugin: 'flannel', encapsulations: [], encryption: 'ipsec', outer: 4 }, 1423],
    ['Flannel with routes to the nodes', { plugin: 'flannel', encapsulations: [], outer: 4 }, 1500],
    ['Flannel with its udp backend', { plugin: 'flannel', encapsulations: ['udp'], outer: 4 }, 1472],
    ['Antrea with Geneve', { plugin: 'antrea', encapsulations: ['geneve'], outer: 4 }, 1450],
    ['Antrea with VXLAN between IPv6 nodes', { plugin: 'antrea', encapsulations: ['vxlan'], outer: 6 }, 1430],
    ['Antrea without encapsulation', { plugin: 'antrea', encapsulations: [], outer: 4 }, 1500],
    [
      'Antrea with IPsec over GRE, wrapped twice',
      { plugin: 'antrea', encapsulations: ['gre'], encryption: 'ipsec', outer: 4 },
      1420,
    ],
    ['Antrea with GRE', { plugin: 'antrea', encapsulations: ['gre'], outer: 4 }, 1458],
    [
      'Antrea with WireGuard instead of its tunnel',
      { plugin: 'antrea', encapsulations: ['geneve'], encryption: 'wireguard', outer: 4 },
      1440,
    ],
    [
      'Antrea with IPsec over its tunnel',
      { plugin: 'antrea', encapsulations: ['geneve'], encryption: 'ipsec', outer: 6 },
      1392,
    ],
    ['OVN-Kubernetes', { plugin: 'ovn-kubernetes', encapsulations: ['geneve'], outer: 4 }, 1442],
    ['kube-router with FoU', { plugin: 'kube-router', encapsulations: ['fou'], outer: 4 }, 1472],
    ['kube-router with routes of BGP', { plugin: 'kube-router', encapsulations: [], outer: 4 }, 1500],
    ['kindnet', { plugin: 'kindnet', encapsulations: [], outer: 4 }, 1500],
    ['AWS', { plugin: 'aws-vpc-cni', encapsulations: [], outer: 4 }, 1500],
    [
      'IPIP of any plugin within IPsec, wrapped twice',
      { plugin: 'kube-router', encapsulations: ['ipip'], encryption: 'ipsec', outer: 4 },
      1403,
    ],
    ['kube-router with IPIP', { plugin: 'kube-router', encapsulations: ['ipip'], outer: 4 }, 1480],
    ['Weave', { plugin: 'weave', encapsulations: ['vxlan'], encryption: 'ipsec', outer: 4 }, 1373],
  ];
  it.each(cases)('%s', (_, setup, left) => {
    expect(podMtu(1500, overheadOf(setup))).toBe(left);
  });

  it('names both layers of a packet wrapped twice', () => {
    const { layers, onRoutes } = overheadOf({
      plugin: 'cilium',
      encapsulations: ['vxlan'],
      encryption: 'wireguard',
      outer: 4,
    });
    expect(layers.map(({ wrapping }) => wrapping)).toEqual(['vxlan', 'wireguard']);
    expect(onRoutes).toBe(true);
  });
});

describe('judging', () => {
  it('tells too large, smaller and fitting apart', () => {
    expect(judgeMtu(1500, 1450)).toEqual({ result: 'tooLarge', by: 50 });
    expect(judgeMtu(1400, 1450)).toEqual({ result: 'smaller', by: 50 });
    expect(judgeMtu(1450, 1450)).toEqual({ result: 'fits' });
  });

  it('knows segments and the least that a family needs', () => {
    expect([segmentSize(1450, 4), segmentSize(1450, 6)]).toEqual([1410, 1390]);
    expect([smallestMtu(4), smallestMtu(6)]).toEqual([576, 1280]);
  });

  it('knows what clouds usually carry, and nothing of others', () => {
    expect(usualUnderlay('gce://p/europe-west1-b/n1')?.mtu).toBe(1460);
    expect(usualUnderlay('aws:///eu-central-1a/i-0')?.mtu).toBe(9001);
    expect(usualUnderlay('hcloud://7', '10.0.0.2')?.mtu).toBe(1450);
    expect(usualUnderlay('hcloud://7', '203.0.113.7')).toBeUndefined();
    expect(usualUnderlay('kind://docker/kind/kind-worker')).toBeUndefined();
    expect(usualUnderlay(undefined)).toBeUndefined();
  });

  it.each([
    ['flannel.1', 'vxlan'],
    ['flannel-v6.1', 'vxlan'],
    ['vxlan.calico', 'vxlan'],
    ['cilium_vxlan', 'vxlan'],
    ['genev_sys_6081', 'geneve'],
    ['tunl0', 'ipip'],
    ['wireguard.cali', 'wireguard'],
    ['cilium_wg0', 'wireguard'],
    ['flannel0', 'udp'],
    ['eth0', undefined],
    ['cni0', undefined],
  ] as const)('%s is made for %s', (name, wrapping) => {
    expect(wrappingOfInterface(name)).toBe(wrapping);
  });
});
