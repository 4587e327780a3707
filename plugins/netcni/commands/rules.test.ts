import { describe, expect, it } from 'vitest';
import { pod, secondsAgo, service, slicesFor } from '../../../shared/testing/builders.ts';
import { ask, silent, without } from '../testing/ask-rules.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { nftRuleset } from '../testing/nft-dump.ts';
import { cluster, services, slices, webPods } from '../testing/node-cluster.ts';
import { HEALTHY_FDB, HEALTHY_LINKS, HEALTHY_NEIGHBOURS, HEALTHY_ROUTES } from '../testing/node-tools.ts';

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
