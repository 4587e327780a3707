import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { pod, secondsAgo, service, slicesFor, snapshotOf } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netcni } from '../plugin.ts';
import {
  cluster,
  HEALTHY_FDB,
  HEALTHY_LINKS,
  HEALTHY_NEIGHBOURS,
  HEALTHY_ROUTES,
  iptablesSave,
  MACS,
  nftRuleset,
  services,
  slices,
  webPods,
} from '../testing/node-dumps.ts';

interface Answer {
  readonly exit: number;
  readonly verdict: string;
  readonly codes: readonly string[];
  readonly notes: readonly string[];
  readonly headline: string;
  readonly text: string;
}

/** Gives a dump to `rules -` for node n1 of the cluster. */
async function ask(
  dump: string,
  objects: readonly KubeObject[] = cluster,
  options: Parameters<typeof snapshotOf>[1] & { readonly node?: string } = {},
): Promise<Answer> {
  const words = [
    'rules',
    '-',
    '--snapshot',
    'x',
    '-o',
    'json',
    ...(options.node === '' ? [] : ['--node', options.node ?? 'n1']),
  ];
  const run = await runCli(netcni, words, {
    stdin: dump,
    world: { readSnapshots: async () => snapshotOf(objects, options) },
  });
  const report = JSON.parse(run.stdout === '' ? '{}' : run.stdout);
  return {
    exit: run.exit,
    verdict: report.verdict,
    codes: (report.causes ?? []).map((cause: { code: string }) => cause.code),
    notes: (report.findings ?? []).map((cause: { code: string }) => cause.code),
    headline: report.causes?.[0]?.summary ?? '',
    text: run.stdout + run.stderr,
  };
}

const silent = { exit: 0, verdict: 'healthy', codes: [] };

/** Drops lines of a dump, or changes them. */
function without(dump: string, ...parts: readonly (string | RegExp)[]): string {
  return dump
    .split('\n')
    .filter((line) => !parts.some((part) => (typeof part === 'string' ? line.includes(part) : part.test(line))))
    .join('\n');
}

describe('a healthy node is silent', () => {
  it.each([
    ['iptables-save', iptablesSave()],
    ['iptables-save without comments', iptablesSave(services, slices, false)],
    ['nft list ruleset', nftRuleset()],
    ['routes', HEALTHY_ROUTES],
    ['links', HEALTHY_LINKS],
    ['bridge fdb', HEALTHY_FDB],
    ['ip neigh', HEALTHY_NEIGHBOURS],
    ['all in one file', [iptablesSave(), HEALTHY_ROUTES, HEALTHY_LINKS, HEALTHY_FDB, HEALTHY_NEIGHBOURS].join('\n')],
  ])('%s', async (_, dump) => {
    expect(await ask(dump)).toMatchObject(silent);
  });

  it('knows the node by itself where the dump shows its addresses, and says so', async () => {
    const answer = await ask(HEALTHY_ROUTES, cluster, { node: '' });
    expect(answer).toMatchObject(silent);
    expect(answer.text).toContain('its address 10.1.0.11');
  });
});

describe('Services against the rules', () => {
  const stale = slices.map((slice) =>
    slice.metadata?.labels?.['kubernetes.io/service-name'] === 'web'
      ? {
          ...slice,
          endpoints: [...(slice.endpoints ?? []), { addresses: ['10.244.1.77'], conditions: { ready: true } }],
        }
      : slice,
  );

  it.each([
    ['iptables', iptablesSave(services, stale)],
    ['iptables without comments', iptablesSave(services, stale, false)],
    ['nftables', nftRuleset(services, stale)],
  ])('an endpoint that is gone: %s', async (_, dump) => {
    const answer = await ask(dump);
    expect(answer).toMatchObject({ exit: 1, verdict: 'broken', codes: ['CNI804'] });
    expect(answer.headline).toContain('node n1');
    expect(answer.headline).toContain('shop/web leads to 10.244.1.77:8080');
  });

  it('an endpoint whose address another pod has by now is told with that pod', async () => {
    const other = pod('other', { ip: '10.244.1.77', node: 'n2', labels: { app: 'other' } });
    expect((await ask(iptablesSave(services, stale), [...cluster, other])).text).toContain(
      'pod shop/other has that address',
    );
  });

  it('a ready endpoint that the rules do not know', async () => {
    const young = slices.map((slice) => ({ ...slice, endpoints: (slice.endpoints ?? []).slice(0, 1) }));
    expect(await ask(iptablesSave(services, young))).toMatchObject({ codes: ['CNI804'], verdict: 'degraded' });
  });

  it.each([
    ['iptables', without(iptablesSave(), /KUBE-SERVICES -d 10\.96\.1\.1/)],
    ['nftables', nftRuleset().replace(/,\n\s+10\.96\.1\.1[^\n]*goto \S+/, '')],
  ])('one Service without rules: %s', async (_, dump) => {
    const answer = await ask(dump);
    expect(answer).toMatchObject({ exit: 1, codes: ['CNI803'] });
    expect(answer.headline).toContain('Service shop/web');
  });

  it.each([
    ['KUBE-SERVICES flushed', without(iptablesSave(), '-A KUBE-SERVICES -d')],
    ['nat flushed', `*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\nCOMMIT\n`],
    ['no chain of kube-proxy at all', `*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\nCOMMIT\n`],
    ['chain services of nftables flushed', nftRuleset().replaceAll(/elements = \{ 10\.96[^}]*\}/g, '')],
  ])('all rules gone: %s', async (_, dump) => {
    expect(await ask(dump)).toMatchObject({ exit: 1, verdict: 'broken', codes: ['CNI802'] });
  });

  it('the hook of PREROUTING taken away, and a rule before it', async () => {
    expect(await ask(without(iptablesSave(), '-A PREROUTING'))).toMatchObject({ codes: ['CNI801'], verdict: 'broken' });
    const first = iptablesSave().replace(
      '-A PREROUTING -m',
      '-A PREROUTING -d 10.96.0.0/16 -j ACCEPT\n-A PREROUTING -m',
    );
    const answer = await ask(first);
    expect(answer.codes).toEqual(['CNI801']);
    expect(answer.headline).toContain('10.96.0.0/16');
  });

  it('chain services of nftables that asks no map', async () => {
    expect(await ask(nftRuleset().replace('ip daddr . meta l4proto . th dport vmap @service-ips', ''))).toMatchObject({
      codes: ['CNI801'],
    });
  });

  it('a Service refused although it has endpoints', async () => {
    const empty = slices.filter((slice) => slice.metadata?.labels?.['kubernetes.io/service-name'] !== 'web');
    const answer = await ask(iptablesSave(services, empty));
    expect(answer).toMatchObject({ codes: ['CNI806'], verdict: 'broken' });
    expect(answer.headline).toContain('shop/web');
  });

  it('masquerade gone', async () => {
    expect(await ask(without(iptablesSave(), 'MASQUERADE'))).toMatchObject({ codes: ['CNI807'], verdict: 'degraded' });
  });

  it('a Service that was deleted and still has its rules', async () => {
    const old = service('old', { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] });
    const dump = iptablesSave([...services, old], [...slices, ...slicesFor(old, webPods)]);
    expect(await ask(dump)).toMatchObject({ codes: ['CNI805'], verdict: 'degraded' });
    expect(await ask(dump, cluster, { only: { Service: { namespace: 'shop' } } })).toMatchObject({ codes: [] });
  });

  it('rules in both iptables', async () => {
    const legacy = iptablesSave().replaceAll(' (nf_tables)', '');
    expect((await ask(`${iptablesSave()}\n${legacy}`)).codes).toEqual(['CNI808']);
  });

  it('rules of two modes', async () => {
    expect((await ask(`${nftRuleset()}\n${iptablesSave()}`)).codes).toEqual(['CNI809']);
  });
});

describe('what proves nothing', () => {
  const gone = slices.map((slice) => ({ ...slice, endpoints: [] }));

  it('endpoints that changed a moment ago', async () => {
    const fresh = slices.map((slice) => ({
      ...slice,
      metadata: {
        ...slice.metadata,
        annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': secondsAgo(3) },
      },
    }));
    const objects = [...cluster.filter(({ kind }) => kind !== 'EndpointSlice'), ...fresh];
    expect(await ask(iptablesSave(services, gone), objects)).toMatchObject({ codes: [] });
    expect((await ask(iptablesSave(services, gone))).codes.length).toBeGreaterThan(0);
  });

  it('a dump of another day', async () => {
    const extra = slices.map((slice) => ({
      ...slice,
      endpoints: [...(slice.endpoints ?? []), { addresses: ['10.244.1.77'] }],
    }));
    const dump = iptablesSave(services, extra).replaceAll('Mar  1 11:59:50 2026', 'Feb 27 10:11:12 2026');
    const answer = await ask(dump);
    expect(answer).toMatchObject({ codes: [], notes: ['CNI819'] });
  });

  it('Services that were not read: their number is told', async () => {
    const answer = await ask(
      iptablesSave(),
      cluster.filter((object) => object.metadata?.namespace !== 'shop'),
      {
        only: { Service: { namespace: 'kube-system' }, EndpointSlice: { namespace: 'kube-system' } },
      },
    );
    expect(answer).toMatchObject({ codes: [], notes: ['CNI818'] });
  });

  it('a dump of another cluster', async () => {
    const strange = iptablesSave().replaceAll('10.96.', '172.20.');
    expect(await ask(strange)).toMatchObject({ codes: [], notes: ['CNI817'] });
  });

  it('no right to read EndpointSlices: could not tell', async () => {
    const objects = cluster.filter(({ kind }) => kind !== 'EndpointSlice');
    expect(await ask(iptablesSave(), objects, { except: { EndpointSlice: 'forbidden' } })).toMatchObject({
      exit: 3,
      verdict: 'unknown',
    });
  });

  it('headless, alias, no selector, Local without local endpoints, hints, terminating pods', async () => {
    const objects = [
      ...cluster,
      service('headless', { clusterIP: 'None', clusterIPs: ['None'] }),
      ...slicesFor(service('headless'), webPods),
      service('alias', { type: 'ExternalName', externalName: 'example.com', clusterIP: '' }),
      service('manual', { selector: null, clusterIP: '10.96.3.3', clusterIPs: ['10.96.3.3'] }),
      service('elsewhere', { internalTrafficPolicy: 'Local', clusterIP: '10.96.3.4', clusterIPs: ['10.96.3.4'] }),
      ...slicesFor(service('elsewhere'), webPods.slice(1)),
    ];
    expect(await ask(iptablesSave(), objects)).toMatchObject(silent);
    const hinted = slices.map((slice) => ({
      ...slice,
      endpoints: (slice.endpoints ?? []).map((endpoint, at) => ({
        ...endpoint,
        hints: { forZones: [{ name: `z${at}` }] },
      })),
    }));
    const one = slices.map((slice) => ({ ...slice, endpoints: (slice.endpoints ?? []).slice(0, 1) }));
    expect(
      await ask(iptablesSave(services, one), [...cluster.filter(({ kind }) => kind !== 'EndpointSlice'), ...hinted]),
    ).toMatchObject(silent);
  });
});

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
    ['a full table', 'net.netfilter.nf_conntrack_count = 131000\nnet.netfilter.nf_conntrack_max = 131072\n', 'CNI850'],
    [
      'a UDP flow to an endpoint that is gone',
      'udp      17 25 src=10.244.0.9 dst=10.96.0.10 sport=40000 dport=53 [UNREPLIED] src=10.244.1.77 dst=10.244.0.9 sport=53 dport=40000 mark=0 use=1\n',
      'CNI851',
    ],
  ])('%s', async (_, dump, code) => {
    expect((await ask(dump)).codes).toEqual([code]);
  });

  it.each([
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
