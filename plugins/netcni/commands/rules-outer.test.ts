import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { service, slicesFor } from '../../../shared/testing/builders.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { nftRuleset } from '../testing/nft-dump.ts';
import { cluster, services, slices, webPods } from '../testing/node-cluster.ts';

const shop = {
  ...service(
    'front',
    {
      type: 'LoadBalancer',
      clusterIP: '10.96.2.2',
      clusterIPs: ['10.96.2.2'],
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP', nodePort: 30080 }],
    },
    {},
  ),
  status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
};
const objects: readonly KubeObject[] = [...cluster, shop, ...slicesFor(shop, webPods)];
const list = [...services, shop];
const all = [...slices, ...slicesFor(shop, webPods)];
const IPTABLES = iptablesSave(list, all);
const NFT = nftRuleset(list, all);
const SERVICE = /-j (KUBE-SVC-\w+)$/;
const chainOf = (mark: string): string =>
  SERVICE.exec(IPTABLES.split('\n').find((line) => line.includes(mark)) ?? '')?.[1] ?? '';

/** What ipvsadm -Ln lists of them, and of the node's ports these. */
const ipvs = (...ports: readonly number[]): string =>
  [
    'TCP  10.96.2.2:80 rr',
    'TCP  203.0.113.7:80 rr',
    ...ports.map((port) => `TCP  10.1.0.11:${port} rr`),
    'TCP  10.96.1.1:80 rr',
    'TCP  10.96.0.10:53 rr',
    'UDP  10.96.0.10:53 rr',
  ]
    .flatMap((line) => [
      line,
      ...(line.includes(':53') ? ['10.244.0.2:53', '10.244.1.2:53'] : ['10.244.0.5:8080', '10.244.1.5:8080']).map(
        (target) => `  -> ${target}        Masq    1      0          0`,
      ),
    ])
    .join('\n');

describe('ways from outside', () => {
  it('IPVS has a virtual server for each node port, unless it has none for any', async () => {
    const other = {
      ...service('back', {
        type: 'NodePort',
        clusterIP: '10.96.2.3',
        clusterIPs: ['10.96.2.3'],
        ports: [{ port: 80, targetPort: 8080, protocol: 'TCP', nodePort: 30081 }],
      }),
    };
    const both = [...objects, other, ...slicesFor(other, webPods)];
    const dump = (...ports: readonly number[]): string =>
      `${ipvs(...ports)}\n${ipvs().replaceAll('10.96.2.2', '10.96.2.3').split('\n').slice(0, 3).join('\n')}\n`;
    expect(await ask(dump(30080, 30081), both)).toMatchObject(silent);
    expect(await ask(dump(), both)).toMatchObject(silent);
    const answer = await ask(dump(30080), both);
    expect(answer.codes).toEqual(['CNI810']);
    expect(answer.headline).toContain('node port 30081/TCP of Service shop/back');
  });

  it('are sound with their rules, in both modes, and not asked of a balancer that works by node ports', async () => {
    expect(await ask(IPTABLES, objects)).toMatchObject(silent);
    const proxied = { ...shop, status: { loadBalancer: { ingress: [{ ip: '203.0.113.7', ipMode: 'Proxy' }] } } };
    expect(await ask(NFT, [...cluster, proxied, ...slicesFor(shop, webPods)])).toMatchObject(silent);
    expect(
      await ask(without(IPTABLES, 'loadbalancer IP'), [...cluster, proxied, ...slicesFor(shop, webPods)]),
    ).toMatchObject(silent);
  });

  it.each([
    [
      'the rule of a node port is gone',
      without(IPTABLES, '-A KUBE-NODEPORTS'),
      'node port 30080/TCP of Service shop/front: there is no rule',
    ],
    ['the list is not asked', without(IPTABLES, '-j KUBE-NODEPORTS'), 'nothing leads to the rules for node ports'],
    ['its chain is empty', without(IPTABLES, /^-A KUBE-EXT/), 'leads nowhere'],
    [
      'the address of the balancer is gone',
      without(IPTABLES, 'loadbalancer IP'),
      '203.0.113.7:80/TCP of Service shop/front: there is no rule',
    ],
    ['nftables: an element is gone', NFT.replace(/tcp \. 30080 : goto \S+/, ''), 'node port 30080/TCP'],
  ])('%s', async (_, dump, words) => {
    const answer = await ask(
      dump,
      dump.startsWith('table')
        ? [...cluster, { ...shop, status: {} } as KubeObject, ...slicesFor(shop, webPods)]
        : objects,
    );
    expect(answer).toMatchObject({ exit: 1, codes: ['CNI810'] });
    expect(answer.headline).toContain(words);
    expect(answer.headline).toContain('node n1');
  });

  it('a node port that the Service does not have any more', async () => {
    const before = iptablesSave(
      [...services, { ...shop, spec: { ...shop.spec, ports: [{ port: 80, targetPort: 8080, nodePort: 30999 }] } }],
      all,
    );
    const answer = await ask(before, objects);
    expect(answer.codes).toContain('CNI810');
    expect(answer.text).toContain('node port 30999/TCP');
  });

  it('externalTrafficPolicy Local asks nothing of a node without an endpoint', async () => {
    const local = { ...shop, spec: { ...shop.spec, externalTrafficPolicy: 'Local' } };
    const others = slicesFor(local, webPods.slice(1));
    const dump = without(iptablesSave(list, [...slices, ...others]), '-A KUBE-NODEPORTS', 'loadbalancer IP');
    expect(await ask(dump, [...cluster, local, ...others])).toMatchObject(silent);
  });

  it('lines picked out of a dump prove nothing by what they lack', async () => {
    const picked = IPTABLES.split('\n').filter((line) => /^-A KUBE-SERVICES .*KUBE-SVC/.test(line));
    expect((await ask(picked.join('\n'), objects)).codes).toEqual([]);
    const chains = IPTABLES.split('\n').filter((line) => line.includes('KUBE-SVC-') || line.includes('KUBE-SEP-'));
    expect((await ask(chains.join('\n'), objects)).codes).toEqual([]);
  });
});

describe('chains that lead nowhere', () => {
  const [svc, sep] = [
    chainOf('shop/web cluster IP'),
    /-j (KUBE-SEP-\w+)/.exec(IPTABLES.split('\n').find((line) => line.includes('shop/web -> ')) ?? '')?.[1] ?? '',
  ];

  it('a Service whose chain is empty', async () => {
    const answer = await ask(without(IPTABLES, `-A ${svc} `), objects);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI804'] });
    expect(answer.headline).toContain('shop/web leads to none of its 2 ready endpoints');
  });

  it('an endpoint whose chain translates nothing', async () => {
    const answer = await ask(without(IPTABLES, new RegExp(`-A ${sep} .*DNAT`)), objects);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI804'] });
    expect(answer.headline).toContain(`${sep}, which ends nowhere`);
  });

  it('nftables refuses before it translates', async () => {
    const entry = '10.96.1.1 . tcp . 80 comment "shop/web" : goto reject-chain';
    const dump = nftRuleset().replace(
      'map no-endpoint-services {\n\t\ttype ipv4_addr . inet_proto . inet_service : verdict',
      `$&\n\t\telements = { ${entry} }`,
    );
    expect(dump).toContain(entry);
    const answer = await ask(dump);
    expect(answer).toMatchObject({ verdict: 'broken', codes: ['CNI806'] });
    expect(answer.headline).toContain('shop/web');
  });

  it('pods that the rules take for outsiders', async () => {
    const answer = await ask(iptablesSave().replaceAll('! -s 10.244.0.0/16 -d', '! -s 10.200.0.0/16 -d'));
    expect(answer).toMatchObject({ verdict: 'degraded', codes: ['CNI811'] });
    expect(answer.headline).toContain('10.200.0.0/16');
    expect((await ask(nftRuleset().replaceAll('ip saddr != 10.244', 'ip saddr != 10.200'))).codes).toEqual(['CNI811']);
  });
});

describe('dumps that end too early', () => {
  it.each([
    ['iptables-save', iptablesSave()],
    ['nft list ruleset', nftRuleset()],
  ])('%s: the table that is cut is not judged, which is told', async (_, dump) => {
    for (const share of [0.5, 0.7, 0.9]) {
      const answer = await ask(dump.slice(0, Math.floor(dump.length * share)));
      expect(answer).toMatchObject({ exit: 3, verdict: 'unknown', codes: [] });
      expect(answer.text).toContain('it ends in the middle of table');
    }
  });
});
