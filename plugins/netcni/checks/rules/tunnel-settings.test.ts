import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import { ask, silent } from '../../testing/ask-rules.ts';
import { changed } from '../../testing/check-objects.ts';
import { calico } from '../../testing/networks/calico.ts';
import { cilium } from '../../testing/networks/cilium.ts';
import { custom } from '../../testing/networks/parts.ts';
import { cluster } from '../../testing/node-cluster.ts';
import { HEALTHY_LINKS } from '../../testing/node-tools.ts';

/** The objects with an annotation of node n1 changed. */
const noted = (objects: readonly KubeObject[], key: string, value: string): readonly KubeObject[] =>
  changed<Node>(objects, 'Node', 'n1', (node) => ({
    ...node,
    metadata: { ...node.metadata, annotations: { ...node.metadata?.annotations, [key]: value } },
  }));

describe('the tunnel of Flannel', () => {
  it('with another VNI than the other nodes have', async () => {
    const answer = await ask(HEALTHY_LINKS.replace('vxlan id 1 ', 'vxlan id 7 '));
    expect(answer.codes).toEqual(['CNI839']);
    expect(answer.headline).toContain('the tunnel flannel.1 uses VNI 7');
    expect(answer.headline).toContain('VNI 1');
  });

  it('of a VNI that was configured, under the name it gives', async () => {
    let objects = noted(cluster, 'flannel.alpha.coreos.com/backend-data', '{"VNI":42,"VtepMAC":"5e:00:00:00:00:11"}');
    objects = changed<Node>(objects, 'Node', 'n2', (node) => ({
      ...node,
      metadata: {
        ...node.metadata,
        annotations: {
          ...node.metadata?.annotations,
          'flannel.alpha.coreos.com/backend-data': '{"VNI":42,"VtepMAC":"5e:00:00:00:00:12"}',
        },
      },
    }));
    const dump = HEALTHY_LINKS.replaceAll('flannel.1', 'flannel.42').replace('vxlan id 1 ', 'vxlan id 42 ');
    expect(await ask(dump, objects)).toMatchObject(silent);
  });

  it('an old tunnel that was left beside the one in use is nobody’s fault', async () => {
    const old = `9: flannel.5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN
    link/ether 5e:00:00:00:00:99 brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan id 5 local 10.1.0.11 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300
`;
    expect(await ask(HEALTHY_LINKS + old)).toMatchObject(silent);
  });

  it('that sends from an address which the node does not have any more', async () => {
    const answer = await ask(HEALTHY_LINKS.replace('local 10.1.0.11', 'local 10.1.0.77'));
    expect(answer).toMatchObject({ codes: ['CNI839'], verdict: 'broken' });
    expect(answer.headline).toContain('local address 10.1.0.77');
    expect(answer.headline).toContain('10.1.0.11');
  });

  it('that sends from one address of the node and is announced at another one, on purpose', async () => {
    const dump = HEALTHY_LINKS.replace(
      'scope global eth0',
      'scope global eth0\n    inet 192.168.7.11/24 brd 192.168.7.255 scope global eth0',
    );
    const overwritten = noted(cluster, 'flannel.alpha.coreos.com/public-ip-overwrite', '203.0.113.11');
    const announced = noted(overwritten, 'flannel.alpha.coreos.com/public-ip', '203.0.113.11');
    expect(await ask(dump, announced)).toMatchObject(silent);
    // flanneld --public-ip: the address that Kubernetes knows is the tunnel's.
    const told = noted(cluster, 'flannel.alpha.coreos.com/public-ip', '203.0.113.11');
    expect((await ask(dump, told)).codes).not.toContain('CNI839');
  });

  it('without details, as plain ip link prints it, tells nothing', async () => {
    expect(await ask(HEALTHY_LINKS.replace(/\n {4}vxlan .*/, ''))).toMatchObject(silent);
  });
});

const CALICO_LINKS = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:0b brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0
3: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/ipip 0.0.0.0 brd 0.0.0.0
4: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default
    link/ether 66:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan id 4096 local 10.0.0.1 dev eth0 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300
`;
const felix = (spec: object): readonly KubeObject[] => [
  ...calico().filter(({ kind }) => kind !== 'FelixConfiguration'),
  custom('projectcalico.org/v3', 'FelixConfiguration', 'default', { spec }),
];

describe('the tunnel of Calico', () => {
  it('as Felix makes it', async () => {
    expect((await ask(CALICO_LINKS, calico())).codes).not.toContain('CNI839');
  });

  it.each([
    ['VNI', { vxlanVNI: 5000 }, 'VNI 4096', '5000'],
    ['port', { vxlanPort: 8472 }, 'UDP port 4789', '8472'],
  ])('with another %s than FelixConfiguration says', async (_, spec, uses, wanted) => {
    const answer = await ask(CALICO_LINKS, felix(spec));
    expect(answer.codes).toContain('CNI839');
    expect(answer.headline).toContain(uses);
    expect(answer.headline).toContain(wanted);
  });

  it('that is as FelixConfiguration says', async () => {
    const dump = CALICO_LINKS.replace('id 4096', 'id 5000').replace('4789', '8472');
    expect((await ask(dump, felix({ vxlanVNI: 5000, vxlanPort: 8472 }))).codes).not.toContain('CNI839');
  });

  it('that sends from an address which is not the node’s', async () => {
    const answer = await ask(CALICO_LINKS.replace('local 10.0.0.1 ', 'local 10.9.9.9 '), calico());
    expect(answer.codes).toContain('CNI839');
    expect(answer.text).toContain('local address 10.9.9.9');
  });
});

const CILIUM_LINKS = `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:0b brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0
5: cilium_vxlan: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/ether 66:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan external id 0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300
`;

describe('the tunnel of Cilium', () => {
  const onPort = (port: string): readonly KubeObject[] =>
    cilium().map((one) =>
      one.kind === 'ConfigMap' && one.metadata?.name === 'cilium-config'
        ? ({ ...one, data: { ...(one as { data?: object }).data, 'tunnel-port': port } } as KubeObject)
        : one,
    );

  it('on its usual port', async () => {
    expect((await ask(CILIUM_LINKS, cilium())).codes).not.toContain('CNI839');
  });

  it('on another port than cilium-config says', async () => {
    const answer = await ask(CILIUM_LINKS, onPort('4789'));
    expect(answer.codes).toContain('CNI839');
    expect((await ask(CILIUM_LINKS.replace('8472', '4789'), onPort('4789'))).codes).not.toContain('CNI839');
    // 0, its default from 1.17 on, leaves the choice to Cilium.
    expect((await ask(CILIUM_LINKS, onPort('0'))).codes).not.toContain('CNI839');
  });
});
