import { describe, expect, it } from 'vitest';
import { checkObjects, codesOf } from '../../testing/check-objects.ts';
import { flannel } from '../../testing/networks/flannel.ts';

/** `ip -d link; ip addr` of a node whose interface has this MTU. */
function links(number: number, mtu: number): string {
  return `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${mtu} qdisc fq state UP group default qlen 1000
    link/ether 02:00:00:00:00:0${number} brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.${number}/24 brd 10.0.0.255 scope global eth0
3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${mtu - 50} qdisc noqueue state UNKNOWN mode DEFAULT group default
    link/ether aa:bb:cc:00:00:0${number} brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan id 1 local 10.0.0.${number} dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto
`;
}

const dumps = (...mtus: readonly number[]) =>
  mtus.map((mtu, at) => ({ path: `tools/n${at + 1}/ip-link.txt`, text: links(at + 1, mtu) }));

describe('jumbo frames on some nodes', () => {
  it('are told with both kinds of nodes', () => {
    const report = checkObjects(flannel(), { tools: dumps(9001, 9001, 1500) });
    expect(codesOf(report)).toEqual(['CNI721']);
    expect(report.headline).toContain('nodes n1 and n2 send packets of 9001 bytes, and node n3 take');
  });

  it.each([
    ['on all', dumps(9001, 9001, 9001)],
    ['on the only one that was seen', dumps(9001)],
    ['on none', dumps(1500, 1500, 1500)],
  ])('%s are no fault', (_, tools) => {
    expect(checkObjects(flannel(), { tools })).toMatchObject({ verdict: 'healthy', causes: [] });
  });
});
