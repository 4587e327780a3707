import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { EndpointSlice } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { service, slicesFor } from '../../../shared/testing/builders.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { annotated, silent as kubeletSilent, pool, withSpec } from '../testing/faults/fault.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { calico } from '../testing/networks/calico.ts';
import { cilium } from '../testing/networks/cilium.ts';
import { awsVpc, azure } from '../testing/networks/clouds.ts';
import { k3s } from '../testing/networks/flannel.ts';
import { antrea, kindnet, kubeRouter, ovn, weave } from '../testing/networks/others.ts';
import { custom } from '../testing/networks/parts.ts';
import * as dumps from '../testing/plugin-dumps.ts';

const IPIP = dumps.calicoRoutes('tunl0');
const VXLAN = dumps.calicoRoutes('vxlan.calico').replaceAll(' proto bird', '');
const vxlan = pool(calico(), { ipipMode: 'Never', vxlanMode: 'Always' });
const DOWN = dumps.CALICO_LINKS.replace(
  /tunl0@NONE: <NOARP,UP,LOWER_UP>(.* state) UNKNOWN/,
  'tunl0@NONE: <NOARP>$1 DOWN',
);

/** A list of links that was not cut short: the loopback is in it. */
const LO = '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n';

describe('routes of each plugin on a sound node', () => {
  it.each([
    ['Calico with IPIP', IPIP + dumps.CALICO_LINKS, calico()],
    ['Calico with VXLAN', VXLAN, vxlan],
    ['Cilium', dumps.CILIUM, cilium(true)],
    ['kindnet', dumps.KINDNET, kindnet()],
    ['Antrea', dumps.ANTREA, antrea()],
    ['Weave Net', dumps.WEAVE, weave()],
    ['kube-router', dumps.KUBE_ROUTER, kubeRouter()],
    ['K3s', dumps.K3S, k3s()],
    ['AWS', dumps.AWS, awsVpc()],
    ['Azure', dumps.AZURE, azure()],
    ['OVN-Kubernetes', dumps.OVN, ovn()],
  ])('%s', async (_, dump, objects) => {
    expect(await ask(dump, objects)).toMatchObject(silent);
  });

  it('podCIDRs that Calico does not use lead nowhere, whosever block lies in them', async () => {
    // The controller manager gave n2 what Calico gave n3.
    const swapped = withSpec(calico(), 'Node', 'n2', { podCIDR: '10.244.3.0/24', podCIDRs: ['10.244.3.0/24'] });
    expect(await ask(IPIP, swapped)).toMatchObject(silent);
  });
});

describe('routes that are gone', () => {
  it.each([
    ['a block of Calico', without(IPIP, '10.244.2.0/26'), calico(), 'CNI830', '10.244.2.0/26, the pods of node n2'],
    [
      'all blocks, as BIRD does not run',
      without(IPIP, ' via 10.0.0.2 ', ' via 10.0.0.3 '),
      calico(),
      'CNI830',
      'the pods of nodes n2 and n3',
    ],
    ['a block by VXLAN', without(VXLAN, '10.244.3.0/26'), vxlan, 'CNI830', 'node n3'],
    [
      'a block that leads to another node',
      IPIP.replace('via 10.0.0.2 ', 'via 10.0.0.3 '),
      calico(),
      'CNI831',
      'leads to node n3',
    ],
    ['a range of Cilium', without(dumps.CILIUM, '10.244.2.0/24'), cilium(true), 'CNI830', '10.244.2.0/24'],
    ['a range of Antrea', without(dumps.ANTREA, '10.244.2.0/24'), antrea(), 'CNI830', 'node n2'],
    [
      'all ranges of kindnet',
      without(dumps.KINDNET, ' via 10.0.0.2 ', ' via 10.0.0.3 '),
      kindnet(),
      'CNI830',
      'the pods of nodes n2 and n3',
    ],
    ['a range of kube-router', without(dumps.KUBE_ROUTER, '10.244.2.0/24'), kubeRouter(), 'CNI830', 'node n2'],
    ['a pod of Calico', without(IPIP, 'dev cali'), calico(), 'CNI832', 'blackhole 10.244.1.0/26'],
    ['the only pod of kindnet', without(dumps.KINDNET, 'dev veth'), kindnet(), 'CNI832', '10.244.1.10'],
    ['the bridge of Weave Net', without(dumps.WEAVE, 'dev weave'), weave(), 'CNI832', 'shop/web-n1'],
    ['ranges of OVN', without(dumps.OVN, '10.128.0.0/14'), ovn(), 'CNI830', '10.128.4.0/23 and 10.128.6.0/23'],
    ['the only pod of AWS', without(dumps.AWS, 'dev eni'), awsVpc(), 'CNI832', 'go 10.0.0.0/24 dev eth0'],
    ['the gateway of Antrea', LO + without(dumps.ANTREA, 'gw0'), antrea(), 'CNI835', 'antrea-gw0 does not exist'],
    ['the gateway of OVN', LO + without(dumps.OVN, 'mp0'), ovn(), 'CNI835', 'ovn-k8s-mp0 does not exist'],
    [
      'the tunnel of Cilium',
      `${LO}2: cilium_host: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP\n`,
      cilium(),
      'CNI835',
      'cilium_vxlan does not exist',
    ],
    ['the tunnel of Calico', LO, calico(), 'CNI835', 'tunl0 does not exist'],
    ['the bridge of Weave Net, with all links', LO, weave(), 'CNI835', 'weave does not exist'],
    ['the tunnel of Calico is down', `${without(IPIP, 'tunl0')}${DOWN}`, calico(), 'CNI835', 'tunl0 is down'],
  ])('%s', async (_, dump, objects, code, said) => {
    const answer = await ask(dump, objects);
    expect(answer.codes[0]).toBe(code);
    expect(answer.headline).toContain(said);
  });

  it('to a node that is down, which takes its routes along, proves nothing', async () => {
    expect(await ask(without(IPIP, '10.244.2.0/26'), kubeletSilent(calico(), 'n2'))).toMatchObject(silent);
  });

  it('a fallback tunnel that nobody uses may be down', async () => {
    const made = '9: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN\n';
    expect(await ask(`${VXLAN}${DOWN.replaceAll('1480', '1450')}${made}`, vxlan)).toMatchObject(silent);
  });

  it('nodes without the mesh of BGP may leave it all to a router', async () => {
    const bare = without(IPIP, ' via 10.0.0.2 ', ' via 10.0.0.3 ');
    const off = custom('crd.projectcalico.org/v1', 'BGPConfiguration', 'default', {
      spec: { nodeToNodeMeshEnabled: false },
    });
    expect(await ask(bare, [...calico(), off])).toMatchObject(silent);
  });
});

describe('the tunnel of Calico', () => {
  const ends = ['n1', 'n2', 'n3'].reduce<readonly KubeObject[]>(
    (all, node) =>
      annotated(all, node, (own) => ({
        ...own,
        'projectcalico.org/IPv4VXLANTunnelAddr': `10.244.${node.slice(1)}.40`,
        'projectcalico.org/VXLANTunnelMACAddr': `66:00:00:00:00:0${node.slice(1)}`,
      })),
    vxlan,
  );
  const table = (two: string): string =>
    `33:33:00:00:00:01 dev eth0 self permanent
66:00:00:00:00:02 dev vxlan.calico dst ${two} self permanent
66:00:00:00:00:03 dev vxlan.calico dst 10.0.0.3 self permanent
10.244.2.40 dev vxlan.calico lladdr 66:00:00:00:00:02 PERMANENT
10.244.3.40 dev vxlan.calico lladdr 66:00:00:00:00:03 PERMANENT
`;

  it('knows where the other nodes are', async () => {
    expect(await ask(table('10.0.0.2'), ends)).toMatchObject(silent);
    expect(await ask(VXLAN + table('10.0.0.2'), ends)).toMatchObject(silent);
  });

  it.each([
    ['leads to an old address', table('10.0.9.2'), 'looked for at 10.0.9.2 instead of 10.0.0.2'],
    ['does not know a node', without(table('10.0.0.2'), '00:02'), 'no entry for 66:00:00:00:00:02'],
    [
      'has an old MAC',
      table('10.0.0.2').replace('lladdr 66:00:00:00:00:02', 'lladdr 66:00:00:00:00:99'),
      '66:00:00:00:00:99',
    ],
  ])('%s', async (_, dump, said) => {
    const answer = await ask(dump, ends);
    expect(answer.codes).toEqual(['CNI840']);
    expect(answer.headline).toContain('node n2');
    expect(answer.headline).toContain(said);
  });

  it('is not needed between nodes of one subnet', async () => {
    const direct = dumps.calicoRoutes('eth0');
    const across = pool(ends, { vxlanMode: 'CrossSubnet' });
    expect(await ask(without(table(''), '00:02', '00:03'), across)).toMatchObject(silent);
    expect(await ask(direct + table('10.0.9.2'), across)).toMatchObject(silent);
  });
});

describe('rules that a kube-proxy left when Cilium took its place', () => {
  const web = service('web', { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'] });

  function withWeb(objects: readonly KubeObject[]): readonly KubeObject[] {
    const pods = objects.filter(({ kind, metadata }) => kind === 'Pod' && metadata?.name?.startsWith('web-') === true);
    return [...objects, web, ...slicesFor(web, pods as readonly Pod[])];
  }

  function stale(objects: readonly KubeObject[]): string {
    const slices = objects.filter(({ kind }) => kind === 'EndpointSlice') as readonly EndpointSlice[];
    return iptablesSave([web], slices).replaceAll('10.244.3.10:8080', '10.244.3.77:8080');
  }

  it('are a note, however old they are', async () => {
    const objects = withWeb(cilium(true));
    const answer = await ask(stale(objects), objects);
    expect(answer).toMatchObject({ ...silent, notes: ['CNI809'] });
    expect(answer.text).toContain('grep -v KUBE');
  });

  it('are a fault where kube-proxy still does the work', async () => {
    const objects = withWeb(cilium());
    expect((await ask(stale(objects), objects)).codes).toEqual(['CNI804']);
  });
});
