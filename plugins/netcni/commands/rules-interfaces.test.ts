import { describe, expect, it } from 'vitest';
import { ask, silent } from '../testing/ask-rules.ts';
import { HEALTHY_LINKS, HEALTHY_ROUTES } from '../testing/node-tools.ts';

/** One more interface that leads into a pod. */
function veth(name: string, more: string): string {
  return `${HEALTHY_LINKS}9: ${name}@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue ${more}state UP mode DEFAULT group default
    link/ether aa:00:00:00:00:09 brd ff:ff:ff:ff:ff:ff link-netns cni-9
    veth
`;
}

describe('an interface of a pod outside of the bridge', () => {
  it('is told, with the line that puts it back', async () => {
    const answer = await ask(veth('veth99999999', ''));
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI842'] });
    expect(answer.headline).toContain('veth99999999');
    expect(answer.text).toContain('ip link set veth99999999 master cni0');
  });

  it('is somebody else’s: another bridge, a route of its own, as many in the bridge as there are pods', async () => {
    expect(await ask(veth('veth99999999', 'master docker0 '))).toMatchObject(silent);
    expect(
      await ask(`${veth('veth99999999', '')}${HEALTHY_ROUTES}192.168.9.9 dev veth99999999 scope link\n`),
    ).toMatchObject(silent);
    const full = ['veth1', 'veth2'].reduce(
      (all, name) => all + veth(name, 'master cni0 ').slice(HEALTHY_LINKS.length),
      veth('veth99999999', ''),
    );
    expect(await ask(full)).toMatchObject(silent);
  });
});

describe('the bridge and the interfaces in it', () => {
  const sized = (mtu: number): string => HEALTHY_LINKS.replace(/(cni0: .* mtu )\d+/, `$1${mtu}`);

  it('smaller: large packets do not get to the pods', async () => {
    const answer = await ask(sized(1280));
    expect(answer).toMatchObject({ verdict: 'degraded', codes: ['CNI844'] });
    expect(answer.headline).toContain('MTU 1280, the interfaces of its pods 1450');
    expect(answer.text).toContain('ip link set cni0 mtu 1450');
  });

  it('larger: worth a note', async () => {
    expect(await ask(sized(1500))).toMatchObject({ ...silent, notes: ['CNI844'] });
  });

  it('pods of before and after a change', async () => {
    const before = veth('veth99999999', 'master cni0 ').replace(/(veth99999999.* mtu )1450/, '$11400');
    expect(await ask(before)).toMatchObject(silent);
    expect(await ask(before.replace(/(cni0: .* mtu )\d+/, '$11400'))).toMatchObject(silent);
  });
});
