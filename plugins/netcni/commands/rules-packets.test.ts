import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netcni } from '../plugin.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { cluster, MACS } from '../testing/node-cluster.ts';
import { HEALTHY_FDB, HEALTHY_LINKS, HEALTHY_NEIGHBOURS, HEALTHY_ROUTES } from '../testing/node-tools.ts';

describe('filters in the way', () => {
  it('docker sets the policy of FORWARD, and nobody accepts pods', async () => {
    const dropped = without(iptablesSave(), 'FLANNEL-FWD').replace(':FORWARD ACCEPT [0:0]', ':FORWARD DROP [77:4000]');
    const answer = await ask(dropped);
    expect(answer).toMatchObject({ codes: ['CNI820'], verdict: 'broken' });
    expect(answer.text).toContain('77 packets');
    expect(await ask(iptablesSave().replace(':FORWARD ACCEPT', ':FORWARD DROP'))).toMatchObject(silent);
  });

  it('a reject before the accept, not after it', async () => {
    const reject = '-A FORWARD -j REJECT --reject-with icmp-host-prohibited';
    const first = '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD';
    expect((await ask(iptablesSave().replace(first, `${reject}\n${first}`))).codes).toEqual(['CNI820']);
    expect(await ask(iptablesSave().replace('-A FLANNEL-FWD -s', `${reject}\n-A FLANNEL-FWD -s`))).toMatchObject(
      silent,
    );
  });

  it.each([
    ['one pod', 'forward', 'ip daddr 10.244.1.5 counter packets 12 bytes 720 drop', 'shop/web-2'],
    ['everything from a node', 'input', 'ip saddr 10.1.0.12 counter packets 3 bytes 180 drop', 'node n2'],
    ['the tunnel', 'input', 'ip saddr 10.1.0.12 udp dport 8472 drop', '8472/UDP'],
    [
      'DNS before its address is translated',
      'prerouting',
      'ip daddr 10.96.0.10 udp dport 53 reject',
      'kube-system/kube-dns',
    ],
  ])('nft: %s', async (_, hook, rule, named) => {
    const dump = `table inet guard {\n\tchain c {\n\t\ttype filter hook ${hook} priority -310; policy accept;\n\t\t${rule}\n\t}\n}\n`;
    const answer = await ask(dump);
    expect(answer).toMatchObject({ codes: ['CNI820'], verdict: 'broken' });
    expect(answer.headline).toContain(named);
  });

  it.each([
    ['another address', 'ip daddr 192.0.2.1 drop'],
    ['a port nobody serves', 'tcp dport 25 drop'],
    ['a share of the packets', 'ip daddr 10.244.1.5 numgen random mod 1000 < 300 drop'],
    ['packets of a state', 'ct state invalid drop'],
    ['a condition nobody can answer', 'meta skuid 1000 drop'],
  ])('nothing is claimed of %s', async (_, rule) => {
    const dump = `table inet guard {\n\tchain c {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\t${rule}\n\t}\n}\n`;
    expect(await ask(dump)).toMatchObject(silent);
  });
});

describe('routes, links, tunnels, connections', () => {
  it('no route to the pods of another node', async () => {
    const answer = await ask(without(HEALTHY_ROUTES, '10.244.1.0/24'));
    expect(answer).toMatchObject({ codes: ['CNI830'], verdict: 'broken' });
    expect(answer.headline).toContain('10.244.1.0/24');
    expect(answer.headline).toContain('n2');
  });

  it('a route to an address the node does not have, and host-gw to the right one', async () => {
    expect(
      (await ask(HEALTHY_ROUTES.replace('via 10.244.1.0 dev flannel.1 onlink', 'via 10.1.0.99 dev eth0'))).codes,
    ).toEqual(['CNI831']);
    expect(
      await ask(HEALTHY_ROUTES.replace('via 10.244.1.0 dev flannel.1 onlink', 'via 10.1.0.12 dev eth0')),
    ).toMatchObject(silent);
  });

  it('a route to the former address of a node, which its flannel still announces', async () => {
    const former = cluster.map((one) =>
      one.kind === 'Node' && one.metadata?.name === 'n2'
        ? {
            ...one,
            metadata: {
              ...one.metadata,
              annotations: { ...one.metadata.annotations, 'flannel.alpha.coreos.com/public-ip': '10.1.0.99' },
            },
          }
        : one,
    );
    const routes = HEALTHY_ROUTES.replace('via 10.244.1.0 dev flannel.1 onlink', 'via 10.1.0.99 dev eth0');
    const answer = await ask(
      `${routes}\n10.1.0.99 dev eth0 FAILED\n10.1.0.1 dev eth0 lladdr 02:00:00:00:00:01 STALE\n`,
      former,
    );
    expect(answer.codes).toEqual(['CNI831']);
    expect(answer.headline).toContain('leads to 10.1.0.99, where nobody answers');
    expect(answer.text).toContain('its Flannel announced 10.1.0.99');
    const unasked = await ask(routes, former);
    expect(unasked.codes).toEqual(['CNI831']);
    expect(unasked.headline).toContain('which its Flannel announced and the node does not have');
    expect(unasked.text).toContain('"confidence": "likely"');
  });

  it('pods of the node without a route: a blackhole of their block', async () => {
    const dump = `${without(HEALTHY_ROUTES, 'cni0')}10.244.0.5 dev cali1 scope link\nblackhole 10.244.0.0/26 proto bird\n`;
    const answer = await ask(dump);
    expect(answer.codes).toContain('CNI832');
    expect(answer.text).toContain('shop/client');
  });

  it.each([
    [
      'flannel.1 down',
      HEALTHY_LINKS.replace('flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP>', 'flannel.1: <BROADCAST,MULTICAST>').replace(
        'state UNKNOWN mode DEFAULT group default\n    link/ether 5e',
        'state DOWN mode DEFAULT group default\n    link/ether 5e',
      ),
      'CNI835',
    ],
    ['flannel.1 missing', HEALTHY_LINKS.replace(/3: flannel[\s\S]*?(?=4: cni0)/, ''), 'CNI835'],
    [
      'flannel.1 too large',
      HEALTHY_LINKS.replace(
        'flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450',
        'flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500',
      ),
      'CNI836',
    ],
    ['a pod too large', HEALTHY_LINKS.replace(/(veth12ab34cd\S+ <\S+> mtu) 1450/, '$1 1500'), 'CNI837'],
    ['fdb with an old address', HEALTHY_FDB.replace('10.1.0.12', '10.1.0.99'), 'CNI840'],
    [
      'fdb without the other node',
      without(HEALTHY_FDB, MACS.n2).concat('5e:00:00:00:00:99 dev flannel.1 dst 10.1.0.13 self permanent\n'),
      'CNI840',
    ],
    ['a neighbour with an old MAC', HEALTHY_NEIGHBOURS.replace(MACS.n2, '5e:00:00:00:00:99'), 'CNI840'],
    ['a node that does not forward', 'kernel.pid_max = 32768\nnet.ipv4.ip_forward = 0\nvm.swappiness = 60\n', 'CNI870'],
    ['a full table', 'net.netfilter.nf_conntrack_count = 131000\nnet.netfilter.nf_conntrack_max = 131072\n', 'CNI850'],
    [
      'a UDP flow to an endpoint that is gone',
      'udp      17 25 src=10.244.0.9 dst=10.96.0.10 sport=40000 dport=53 [UNREPLIED] src=10.244.1.77 dst=10.244.0.9 sport=53 dport=40000 mark=0 use=1\n',
      'CNI851',
    ],
  ])('%s', async (_, dump, code) => {
    expect((await ask(dump)).codes).toEqual([code]);
  });

  it('packets that a table dropped are a note, and none are nothing', async () => {
    const counted = (drop: number) =>
      `cpu=0   \tfound=1 invalid=0 insert=0 insert_failed=0 drop=${drop} early_drop=0\n`;
    const answer = await ask(counted(42));
    expect(answer).toMatchObject({ exit: 0, notes: ['CNI852'] });
    expect(answer.text).toContain('drop=42');
    expect((await ask(counted(0))).notes).toEqual([]);
  });

  it.each([
    ['a node that forwards', 'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 0\n'],
    ['a table with room', 'net.netfilter.nf_conntrack_count = 1000\nnet.netfilter.nf_conntrack_max = 131072\n'],
    [
      'an unanswered flow to a living endpoint',
      'udp      17 25 src=10.244.0.9 dst=10.96.0.10 sport=40000 dport=53 [UNREPLIED] src=10.244.1.2 dst=10.244.0.9 sport=53 dport=40000 mark=0 use=1\n',
    ],
    [
      'a bridge without pods',
      HEALTHY_LINKS.replace(
        /cni0: <[^>]*>( mtu 1450 qdisc noqueue state) UP/,
        'cni0: <NO-CARRIER,BROADCAST,MULTICAST,UP>$1 DOWN',
      ),
    ],
  ])('silent: %s', async (_, dump) => {
    expect(await ask(dump)).toMatchObject(silent);
  });
});

describe('words that are not right', () => {
  it.each([
    ['rules', 'needs a dump'],
    ['rules /nonexistent/file', 'does not exist'],
  ])('%s', async (line, said) => {
    const run = await runCli(netcni, line);
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain(said);
  });

  it('iptables -L is told apart, and garbage', async () => {
    expect(
      await ask('Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination\n'),
    ).toMatchObject({ exit: 2 });
    const answer = await ask('hello\nworld\n');
    expect(answer.exit).toBe(2);
    expect(answer.text).toContain('iptables-save');
  });

  it('an unknown node gets its neighbours', async () => {
    const answer = await ask(HEALTHY_ROUTES, cluster, { node: 'n11' });
    expect(answer.exit).toBe(2);
    expect(answer.text).toContain('n1');
  });
});

describe('dumps in a snapshot', () => {
  it('are told by plain netcni and by rules without a file, with the node of their folder', async () => {
    const snapshot = {
      ...snapshotOf(cluster),
      tools: [{ path: 'tools/n1/iptables-save.txt', text: without(iptablesSave(), '-A KUBE-SERVICES -d') }],
    };
    for (const line of ['check', 'rules']) {
      const run = await runCli(netcni, [line, '--snapshot', 'x', '-o', 'json'], {
        world: { readSnapshots: async () => snapshot },
      });
      const { causes } = JSON.parse(run.stdout);
      expect(causes.map(({ code }: { code: string }) => code)).toContain('CNI802');
      expect(JSON.stringify(causes)).toContain('"n1"');
    }
  });
});
