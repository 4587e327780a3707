import { describe, expect, it } from 'vitest';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { changed } from '../testing/check-objects.ts';
import { calico } from '../testing/networks/calico.ts';
import { awsVpc } from '../testing/networks/clouds.ts';
import { cluster, MACS } from '../testing/node-cluster.ts';
import { HEALTHY_ROUTES } from '../testing/node-tools.ts';
import { AWS, calicoRoutes } from '../testing/plugin-dumps.ts';

const LOCAL = '0:\tfrom all lookup local\n';
const REST = '32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n';
const rules = (...more: readonly string[]): string => `${LOCAL}${more.map((one) => `${one}\n`).join('')}${REST}`;

describe('routing rules of a sound node', () => {
  it.each([
    ['nothing but those of every system', rules(), HEALTHY_ROUTES],
    ['both families', rules() + rules(), HEALTHY_ROUTES],
    ['marked packets elsewhere (Cilium, AWS)', rules('9:\tfrom all fwmark 0x200/0xf00 lookup 2004'), HEALTHY_ROUTES],
    [
      'a VPN that looks into main first (wg-quick)',
      rules('32764:\tfrom all lookup main suppress_prefixlength 0', '32765:\tnot from all fwmark 0xca6c lookup 51820'),
      `${HEALTHY_ROUTES}default dev wg0 table 51820 scope link\n`,
    ],
    [
      'a second uplink for the node itself',
      rules('100:\tfrom 10.1.0.11 lookup 100'),
      `${HEALTHY_ROUTES}default via 10.1.0.254 dev eth1 table 100\n`,
    ],
    [
      'another table with the same route',
      rules('100:\tfrom 10.244.0.0/16 lookup 100'),
      `${HEALTHY_ROUTES}10.244.1.0/24 via 10.244.1.0 dev flannel.1 table 100 onlink\n`,
    ],
    [
      'another table without a route for them',
      rules('100:\tfrom 10.244.0.0/16 lookup 100'),
      `${HEALTHY_ROUTES}172.16.0.0/12 via 10.1.0.254 dev eth1 table 100\n`,
    ],
    ['a user of the node', rules('50:\tfrom all uidrange 1000-1000 blackhole'), HEALTHY_ROUTES],
  ])('%s', async (_, list, routes) => {
    expect(await ask(list + routes)).toMatchObject(silent);
  });

  it('tables for pods on further interfaces (AWS)', async () => {
    const list = rules('512:\tfrom all to 10.0.0.110 lookup main', '1536:\tfrom 10.0.0.110 lookup 2');
    const routes = `${AWS}default via 10.0.0.254 dev eth1 table 2\n10.0.0.254 dev eth1 table 2 scope link\n`;
    expect(await ask(list + routes, awsVpc(), { node: 'n1' })).toMatchObject(silent);
  });

  it('WireGuard of Calico', async () => {
    const list = rules('99:\tnot from all fwmark 0x100000/0x100000 lookup 1');
    const routes = `${calicoRoutes('tunl0')}10.244.2.0/26 dev wireguard.cali table 1\nthrow 10.0.0.0/24 table 1\n`;
    expect(await ask(list + routes, calico())).toMatchObject(silent);
  });
});

describe('a routing rule in the way', () => {
  it.each([
    [
      'of all pods, to another uplink',
      rules('100:\tfrom 10.244.0.0/16 lookup 100'),
      `${HEALTHY_ROUTES}default via 10.1.0.254 dev eth1 table 100\n`,
      'default via 10.1.0.254 dev eth1',
    ],
    [
      'of all packets, to a VPN',
      rules('5270:\tfrom all lookup 52'),
      `${HEALTHY_ROUTES}10.0.0.0/8 dev tailscale0 table 52\n`,
      '10.0.0.0/8 dev tailscale0',
    ],
    ['of one pod', rules('90:\tfrom 10.244.0.9 unreachable'), HEALTHY_ROUTES, '"from 10.244.0.9 unreachable" drops'],
    [
      'of what comes in by the bridge',
      rules('90:\tfrom all iif cni0 prohibit'),
      HEALTHY_ROUTES,
      '"from all iif cni0 prohibit" drops',
    ],
    ['of the pods of another node', rules('90:\tfrom all to 10.244.1.0/24 blackhole'), HEALTHY_ROUTES, '10.244.1.'],
  ])('%s', async (_, list, routes, words) => {
    const answer = await ask(list + routes);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI843'] });
    expect(answer.headline).toContain(words);
    expect(answer.text).toMatch(/ip rule del pref \d+ from/);
  });

  it.each([
    ['main', '32766:', 'asks the table main'],
    ['local', '0:\t', 'asks the table local'],
  ])('the table %s is not asked at all', async (_, gone, words) => {
    const answer = await ask(
      rules()
        .split('\n')
        .filter((line) => !line.startsWith(gone))
        .join('\n') + HEALTHY_ROUTES,
    );
    expect(answer.codes).toEqual(['CNI843']);
    expect(answer.headline).toContain(words);
  });

  it('to a table that the dump does not show is told as not seen', async () => {
    const answer = await ask(rules('5270:\tfrom all lookup 52') + HEALTHY_ROUTES);
    expect(answer.codes).toEqual([]);
    expect(answer.text).toContain('ip route show table all');
  });
});

describe('routing rules of aws-node', () => {
  const routes = `${AWS}default via 10.0.0.254 dev ens6 table 2\n10.0.0.254 dev ens6 table 2 scope link\n`;
  const ofPod = '512:\tfrom all to 10.0.0.110 lookup main';
  const ask1 = (list: string, more = routes): ReturnType<typeof ask> => ask(list + more, awsVpc(), { node: 'n1' });

  it('taken away by systemd-networkd: pods on a further interface leave by the wrong one', async () => {
    const answer = await ask1(rules());
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI843'] });
    expect(answer.headline).toContain('table 2 (default via 10.0.0.254 dev ens6)');
    expect(answer.text).toContain('ManageForeignRoutingPolicyRules=no');
  });

  it('two for one pod, to the tables of two interfaces', async () => {
    const third = `${routes}default via 10.0.0.254 dev ens7 table 3\n`;
    const from = (table: number): string => `1536:\tfrom 10.0.0.110 lookup ${table}`;
    const answer = await ask1(rules(ofPod, from(2), from(3)), third);
    expect(answer.codes).toEqual(['CNI843']);
    expect(answer.headline).toContain('pod shop/web-n1 (10.0.0.110)');
    expect(answer.headline).toContain('tables 2 and 3');
    expect(await ask1(rules(ofPod, from(2)), third)).toMatchObject(silent);
  });

  it('no pod on the further interface, no further interface, or a node whose pods all share the network of the node', async () => {
    expect(await ask1(rules(ofPod))).toMatchObject(silent);
    expect(await ask1(rules(), AWS)).toMatchObject(silent);
    const without110 = routes.replace('10.0.0.110 dev enib1234567890 scope link\n', '');
    const objects = awsVpc().filter(({ metadata }) => metadata?.name !== 'web-n1');
    expect(await ask(rules() + without110, objects, { node: 'n1' })).toMatchObject(silent);
  });
});

describe('neighbours', () => {
  const seen = (state: string): string =>
    `10.1.0.1 dev eth0 lladdr 02:00:00:00:00:fe REACHABLE\n10.244.1.0 dev flannel.1 lladdr ${MACS.n2} PERMANENT\n10.1.0.12 dev eth0 ${state}\n`;

  it.each(['FAILED', 'INCOMPLETE'])('another node does not answer: %s', async (state) => {
    const answer = await ask(seen(state));
    expect(answer).toMatchObject({ verdict: 'degraded', codes: ['CNI841'] });
    expect(answer.headline).toContain('node n2 (10.1.0.12) on eth0');
  });

  it('a pod of the node does not answer in its bridge', async () => {
    const answer = await ask('10.244.0.5 dev cni0 FAILED\n10.244.0.9 dev cni0 lladdr aa:00:00:00:00:09 STALE\n');
    expect(answer.codes).toEqual(['CNI841']);
    expect(answer.headline).toContain('pod shop/web-1 (10.244.0.5) on cni0');
    expect(answer.text).toContain('kubectl delete pod web-1 -n shop');
  });

  it('of no account: asked for on a wrong interface, nobody’s address, a node that is down', async () => {
    expect(await ask(`${seen('lladdr 02:00:00:00:00:0c STALE')}10.1.0.12 dev docker0 FAILED\n`)).toMatchObject(silent);
    expect(await ask('10.1.0.12 dev docker0 FAILED\n' + HEALTHY_ROUTES)).toMatchObject(silent);
    expect(
      await ask(`${seen('lladdr 02:00:00:00:00:0c STALE')}10.1.0.77 dev eth0 FAILED\n10.244.0.77 dev cni0 FAILED\n`),
    ).toMatchObject(silent);
    const down = changed(cluster, 'Node', 'n2', (one) => ({
      ...one,
      status: { ...(one as { status?: object }).status, conditions: [{ type: 'Ready', status: 'Unknown' }] },
    }));
    expect(await ask(seen('FAILED'), down)).toMatchObject(silent);
    expect(await ask(without(seen('FAILED'), '10.1.0.12'))).toMatchObject(silent);
  });
});
