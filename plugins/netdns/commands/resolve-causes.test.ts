import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, pod, service } from '../../../shared/testing/builders.ts';
import { COREFILE, crashed, dnsObjects, server } from '../testing/dns-objects.ts';
import { live, world, ZONE } from '../testing/resolve-world.ts';
import { askNetdns } from '../testing/run-netdns.ts';

const with_ = (corefile: string, ...more: readonly KubeObject[]): readonly KubeObject[] => [
  ...dnsObjects({ corefile }),
  ...world.slice(dnsObjects().length),
  ...more,
];
const ruled = (rule: string): string => COREFILE.replace('    ready\n', `    ready\n${rule}\n`);
const SUFFIX = '    rewrite name suffix .shop.svc.cluster.local .store.svc.cluster.local answer auto';
const { 'web.shop.svc.cluster.local A': _, ...WITHOUT_WEB } = ZONE;

describe('what the Corefile does to the very name that is asked', () => {
  it.each([
    ['a rewrite of its namespace', SUFFIX, 'DNS208', 'rewrite turns web.shop.svc.cluster.local into web.store'],
    [
      'a template that denies it',
      '    template IN ANY shop.svc.cluster.local {\n       rcode NXDOMAIN\n    }',
      'DNS207',
      'shop.svc.cluster.local',
    ],
  ])('is the cause: %s', async (_title, rule, code, words) => {
    const answer = await askNetdns(
      'web.shop --from front-1 -n front',
      with_(ruled(rule)),
      live([WITHOUT_WEB, WITHOUT_WEB]),
    );
    expect(answer.causes.map((cause) => cause.code)).toEqual([code]);
    expect(answer).toMatchObject({ verdict: 'broken' });
    expect(answer.headline).toContain(words);
  });

  it('is told of a namespace that the servers leave out', async () => {
    const corefile = COREFILE.replace('pods insecure', 'namespaces kube-system default\n       pods insecure');
    const answer = await askNetdns(
      'web.shop --from front-1 -n front',
      with_(corefile),
      live([WITHOUT_WEB, WITHOUT_WEB]),
    );
    expect(answer.causes.map((cause) => cause.code)).toEqual(['DNS231']);
    expect(answer).toMatchObject({ verdict: 'broken' });
    expect(answer.headline).toContain('web.shop.svc.cluster.local has none');
  });

  it('is told where nobody was asked, too', async () => {
    const answer = await askNetdns('web.shop --from front-1 -n front --no-ask', with_(ruled(SUFFIX)));
    expect(answer.causes.map((cause) => cause.code)).toEqual(['DNS208']);
    expect(answer.verdict).toBe('broken');
  });

  it('is no matter of a name that it leaves alone, and that resolves', async () => {
    const other = service('api', { clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8'] }, { namespace: 'data' });
    const zone = { ...ZONE, 'api.data.svc.cluster.local A': ['10.96.0.8'] };
    const objects = with_(ruled(SUFFIX), namespace('data'), other);
    const answer = await askNetdns('api.data --from front-1 -n front', objects, live([zone, zone]));
    expect(answer).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('nor is a rule for names outside', async () => {
    const rule = '    rewrite name exact db.legacy.example web.shop.svc.cluster.local';
    const answer = await askNetdns('web.shop --from front-1 -n front', with_(ruled(rule)), live([ZONE, ZONE]));
    expect(answer).toMatchObject({ verdict: 'healthy', causes: [] });
  });
});

const timeout = '[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.0.5:41234->10.9.9.9:53: i/o timeout\n';

describe('an upstream that does not answer', () => {
  const logs = {
    'kube-system/coredns-1/coredns': timeout.repeat(20),
    'kube-system/coredns-2/coredns': timeout.repeat(20),
  };
  const corefile = COREFILE.replace('/etc/resolv.conf', '10.9.9.9');

  it('keeps no name of the cluster from resolving', async () => {
    const answer = await askNetdns('web.shop --from front-1 -n front', with_(corefile), {
      ...live([ZONE, ZONE]),
      logs,
    });
    expect(answer).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('is the cause where a name of the world outside fails', async () => {
    const zone = { ...ZONE, 'www.example.org A': 'SERVFAIL', 'www.example.org AAAA': 'SERVFAIL' } as const;
    const answer = await askNetdns('www.example.org --from front-1 -n front', with_(corefile), {
      ...live([zone, zone]),
      logs,
    });
    expect(answer.causes.map((cause) => cause.code)).toEqual(['DNS253']);
    expect(answer).toMatchObject({ verdict: 'broken' });
    expect(answer.headline).toContain('10.9.9.9:53 did not answer');
  });
});

describe('a name whose parts stand in the wrong order', () => {
  it('is told so, although its namespace might be the name of a pod', async () => {
    const answer = await askNetdns('shop.web --from web-1 -n shop', world, live([ZONE, ZONE]));
    expect(answer.headline).toContain('did you mean web?');
    expect(answer.headline).toContain('its parts stand in the other order');
  });
});

describe('a name with as many dots as ndots, on Alpine', () => {
  const alpine = pod('alp-1', {
    namespace: 'front',
    containers: [{ name: 'app', image: 'alpine:3.20' }],
    spec: { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } },
  });

  it('is told where nobody was asked what the world outside knows of it', async () => {
    const answer = await askNetdns('web.shop --from alp-1 -n front --no-ask', [...world, alpine]);
    expect(answer.causes.map((cause) => cause.code)).toEqual(['DNS608']);
    expect(answer.headline).toContain('web.shop does not resolve on Alpine: with 1 dot and ndots:1');
  });

  it('of the world outside stays unknown', async () => {
    const answer = await askNetdns('example.org --from alp-1 -n front --no-ask', [...world, alpine]);
    expect([answer.verdict, answer.causes]).toEqual(['unknown', []]);
  });
});

describe('a fault of other names', () => {
  const circle = COREFILE.replace('/etc/resolv.conf', '10.96.0.10');
  const block = `${COREFILE}shop.svc.cluster.local:53 {\n    errors\n    forward . 10.9.9.9\n}\n`;

  it('is none of a name of the cluster: names outside go round', async () => {
    for (const [line, options] of [
      ['web.shop --from front-1 -n front', live([ZONE, ZONE])],
      ['web.shop --from front-1 -n front --no-ask', {}],
    ] as const) {
      expect(await askNetdns(line, with_(circle), options)).toMatchObject({ verdict: 'healthy', causes: [] });
    }
    const outside = await askNetdns('www.example.org --from front-1 -n front --no-ask', with_(circle));
    expect(outside.causes.map((cause) => cause.code)).toEqual(['DNS204']);
  });

  it('is none of a name outside that the servers resolve: a block takes the names of a namespace', async () => {
    const line = 'example.com --from front-1 -n front';
    expect(await askNetdns(line, with_(block), live([ZONE, ZONE]))).toMatchObject({ verdict: 'healthy', causes: [] });
    const inside = await askNetdns('web.shop --from front-1 -n front', with_(block), live([WITHOUT_WEB, WITHOUT_WEB]));
    expect(inside.causes.map((cause) => cause.code)).toEqual(['DNS216']);
  });
});

describe('a server that did not start', () => {
  const servers = [server('coredns-1', { node: 'n1' }), crashed(server('coredns-2', { node: 'n2' }))];
  const objects = [...dnsObjects({ servers }), ...world.slice(dnsObjects().length)];
  const answers = live([ZONE]);

  it('answers nobody, and no lookup fails for it', async () => {
    const answer = await askNetdns('web.shop --from front-1 -n front', objects, answers);
    expect(answer.causes.map((cause) => cause.code)).not.toContain('DNS616');
    expect(answer.headline).not.toContain('every now and then');
  });
});

describe('a name that the servers resolve', () => {
  it('is not called reachable: the way from the pod was not gone, and the line that goes it is there', async () => {
    const answer = await askNetdns('web.shop --from front-1 -n front', world, live([ZONE, ZONE]));
    expect(answer.verdict).toBe('healthy');
    expect(answer.notChecked).toEqual([
      {
        check: 'way from pods',
        reason:
          'each server was asked from inside over TCP; from the pod itself: kubectl exec -n front front-1 -- nslookup web.shop',
      },
    ]);
    const unasked = await askNetdns('web.shop --from front-1 -n front --no-ask', world);
    expect(unasked.notChecked).toEqual([]);
  });
});

describe('check of a namespace', () => {
  it('that does not exist is no pass, and the nearest one is named', async () => {
    const answer = await askNetdns('check -n shpo --no-ask', world);
    expect(answer).toMatchObject({ verdict: 'unknown', causes: [] });
    expect(answer.headline).toContain('could not tell: there is no namespace shpo; nearest: shop');
    expect((await askNetdns('check -n shop --no-ask', world)).verdict).toBe('healthy');
  });
});
