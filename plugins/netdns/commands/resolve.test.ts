import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { networkPolicy, pod, secondsAgo, service } from '../../../shared/testing/builders.ts';
import { COREFILE, dnsObjects } from '../testing/dns-objects.ts';
import { dnsServer, type FakeZone } from '../testing/dns-server.ts';
import { live, world, ZONE } from '../testing/resolve-world.ts';
import { askNetdns, runNetdns } from '../testing/run-netdns.ts';

describe('a search list that misleads', () => {
  const of = (image: string, dnsConfig: object) =>
    pod('old', { namespace: 'front', containers: [{ name: 'app', image }], spec: { dnsConfig } });

  it('is not looked at by Alpine for a name with as many dots as ndots', async () => {
    const dnsConfig = { options: [{ name: 'ndots', value: '1' }] };
    const ask = (image: string) =>
      askNetdns('web.shop --from old -n front', [...world, of(image, dnsConfig)], live([ZONE, ZONE]));
    const [first] = (await ask('alpine:3.20')).causes;
    expect(first?.code).toBe('DNS608');
    expect(first?.summary).toContain('web.shop');
    expect((await ask('debian:12')).causes).toEqual([]);
  });

  it('ends at a domain outside that answers for every name', async () => {
    const objects = [...world, of('debian:12', { searches: ['corp.example'] })];
    const zone: FakeZone = { ...ZONE, 'web.corp.example A': ['192.0.2.99'] };
    const [first] = (await askNetdns('web --from old -n front', objects, live([zone, zone]))).causes;
    expect(first?.code).toBe('DNS612');
    expect(first?.summary).toContain('192.0.2.99');
    expect(first?.summary).toContain('web.shop');
    const own = await askNetdns('web.shop --from old -n front', objects, live([zone, zone]));
    expect(own.causes).toEqual([]);
  });
});

describe('a name that resolves', () => {
  it('is told with its address, the query that found it, and what each server said', async () => {
    const run = await runNetdns('web.shop --from front-1 -n front', world, live([ZONE, ZONE]));
    expect(run.exit).toBe(0);
    expect(run.stdout).toContain('web.shop resolves for pod front/front-1 to 10.96.0.7 as');
    expect(run.stdout).toMatch(/1 {2}web\.shop\.front\.svc\.cluster\.local\. +NXDOMAIN/);
    expect(run.stdout).toMatch(/2 {2}web\.shop\.svc\.cluster\.local\. +address +10\.96\.0\.7 +2 of 2/);
    for (const line of run.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('by its address is one query, not one for each family', async () => {
    const run = await runNetdns('10.96.0.7 -n shop', world, live([ZONE]));
    expect(run.stdout).toMatch(/1 {2}7\.0\.96\.10\.in-addr\.arpa\./);
    expect(run.stdout).toContain('glibc: 1 query on the wire');
  });

  it('may be that of the API server, which has an address of one family', async () => {
    const api = service('kubernetes', { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'] }, { namespace: 'default' });
    const zone: FakeZone = { ...ZONE, 'kubernetes.default.svc.cluster.local A': ['10.96.0.1'] };
    const answer = await askNetdns('kubernetes.default -n front', [...world, api], live([zone, zone]));
    expect(answer).toMatchObject({ verdict: 'healthy', exit: 0, causes: [] });
  });

  it('is not concerned by what the Corefile keeps from others', async () => {
    const corefile = COREFILE.replace('pods insecure', 'pods insecure\n       namespaces shop');
    const objects = [...dnsObjects({ corefile }), ...world.slice(dnsObjects().length)];
    expect((await askNetdns('web -n shop', objects, live([ZONE, ZONE]))).causes).toEqual([]);
    const { 'web.shop.svc.cluster.local A': _left, ...without } = ZONE;
    const left = corefile.replace('namespaces shop', 'namespaces default');
    const lost = [...dnsObjects({ corefile: left }), ...world.slice(dnsObjects().length)];
    const answer = await askNetdns('web -n shop', lost, live([without, without]));
    expect(answer.causes.map(({ code }) => code)).toEqual(['DNS231']);
    expect((await askNetdns('check', objects, live([ZONE, ZONE]))).causes.map(({ code }) => code)).toContain('DNS231');
  });

  it('is not concerned by servers that differ in other names', async () => {
    const line = (hash: string) => `[INFO] plugin/reload: Running configuration SHA512 = ${hash}\n`;
    const logs = { 'kube-system/coredns-1/coredns': line('aaa'), 'kube-system/coredns-2/coredns': line('bbb') };
    const differing = { ...live([ZONE, ZONE]), logs };
    expect((await askNetdns('check', world, differing)).causes.map(({ code }) => code)).toContain('DNS276');
    expect((await askNetdns('web -n shop', world, differing)).causes).toEqual([]);
  });

  it('may be one of the world outside', async () => {
    const answer = await askNetdns('example.com --from front-1 -n front', world, live([ZONE, ZONE]));
    expect(answer).toMatchObject({ verdict: 'healthy', exit: 0 });
    expect(answer.headline).toContain('192.0.2.80');
  });

  it('is foretold where the servers may not be asked, and that is said', async () => {
    const answer = await askNetdns('web -n shop', world, { denied: ['get pods/portforward'] });
    expect(answer).toMatchObject({ verdict: 'healthy' });
    expect(answer.notChecked[0]?.reason).toContain('forbidden: get pods/portforward');
  });

  it('has records of other types', async () => {
    const answer = await askNetdns('_http._tcp.web.shop.svc.cluster.local', world, live([ZONE, ZONE]));
    expect(answer).toMatchObject({ verdict: 'healthy' });
    expect(answer.headline).toContain('0 0 80 web.shop.svc.cluster.local');
  });
});

describe('a name that does not resolve', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['web --from front-1 -n front', 'DNS602', 'from here its name is web.shop'],
    ['wep -n shop', 'DNS601', 'did you mean web?'],
    ['web.shop.svc.cluster.lokal -n shop', 'DNS603', 'write web.shop.svc.cluster.local'],
    ['web.shopp.svc.cluster.local', 'DNS602', 'from here its name is web.shop'],
    ['db -n shop', 'DNS604', 'Service shop/db is headless and 0 of 0 endpoints are ready'],
    ['_https._tcp.web.shop.svc.cluster.local', 'DNS605', 'it has _http._tcp'],
    ['db-0.db.shop.svc.cluster.local', 'DNS606', 'there is no such pod'],
    ['web.shop.svc.cluster.local --type AAAA', 'DNS607', 'it has A 10.96.0.7'],
    [
      'web.svc.cluster.local -n shop',
      'DNS601',
      'namespace is missing before svc; did you mean web.shop.svc.cluster.local?',
    ],
    ['web.shop.svc.cluster.local.svc.cluster.local', 'DNS601', 'twice; did you mean web.shop.svc.cluster.local?'],
    ['web.shop.cluster.local.cluster.local', 'DNS601', 'twice; did you mean web.shop.cluster.local?'],
  ];

  it.each(cases)('%s: %s', async (line, code, words) => {
    const answer = await askNetdns(line, world, live([ZONE, ZONE]));
    expect(answer.causes[0], answer.headline).toMatchObject({ code });
    expect(answer.headline).toContain(words);
    expect(answer.exit).toBe(1);
  });

  it('is a fault of one server when the other knows it', async () => {
    const { 'web.shop.svc.cluster.local A': _lost, ...stale } = ZONE;
    const answer = await askNetdns('web -n shop', world, live([ZONE, stale]));
    expect(answer).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS610' }] });
    expect(answer.headline).toContain('DNS server coredns-2 answers');
  });

  describe('of a Service that was just made', () => {
    const fresh = service('late', {
      clusterIP: '10.96.0.8',
      clusterIPs: ['10.96.0.8'],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    });
    const madeAgo = (seconds: number): KubeObject => ({
      ...fresh,
      metadata: { ...fresh.metadata, creationTimestamp: secondsAgo(seconds) },
    });
    const ask = (seconds: number, zone: FakeZone = ZONE) =>
      askNetdns('late -n shop', [...world, madeAgo(seconds)], live([zone, zone]));

    it('is the answer that servers keep from before, and ends by itself', async () => {
      const answer = await ask(7);
      expect(answer).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS615' }] });
      expect(answer.headline).toContain(
        'still answered as before (NXDOMAIN): Service late was made 7 s ago, and servers keep answers for up to 30 s',
      );
      const live = await askNetdns('records late -n shop --live', [...world, madeAgo(7)], {
        listeners: { 'kube-system/coredns-1:53': dnsServer(ZONE), 'kube-system/coredns-2:53': dnsServer(ZONE) },
      });
      expect(JSON.stringify(live.causes)).toContain('servers may keep the answer from before for up to 30 s');
    });

    it('is a fault of the servers when it is older, or nothing is kept', async () => {
      expect((await ask(60)).causes[0]).toMatchObject({ code: 'DNS610' });
      const corefile = COREFILE.replace('cache 30', 'cache 30 {\n disable denial cluster.local\n }');
      const objects = [...dnsObjects({ corefile }), ...world.slice(dnsObjects().length), madeAgo(7)];
      const answer = await askNetdns('late -n shop', objects, live([ZONE, ZONE]));
      expect(answer.causes[0]).toMatchObject({ code: 'DNS610' });
    });
  });

  it('of the world outside that one of two servers cannot resolve fails every now and then', async () => {
    const { 'example.com A': _lost, ...without } = ZONE;
    const answer = await askNetdns('example.com. -n shop', world, live([ZONE, without]));
    expect(answer).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS616' }], exit: 1 });
    expect(answer.headline).toContain('example.com fails every now and then: 1 of 2 DNS servers, coredns-2');
    const sound = await askNetdns('example.com. -n shop', world, live([ZONE, ZONE]));
    expect(sound).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('is one of the upstream when no server of the cluster is at fault', async () => {
    const answer = await askNetdns(
      'api.example.com -n shop',
      world,
      live([{ ...ZONE, 'api.example.com A': 'SERVFAIL' }, ZONE]),
    );
    expect(answer.causes[0]).toMatchObject({ code: 'DNS611' });
  });

  it('is a fault of the caller that asks its node', async () => {
    const agent = pod('agent', { namespace: 'front', spec: { hostNetwork: true } });
    const answer = await askNetdns('web.shop --from agent -n front', [...world, agent], live([ZONE, ZONE]));
    expect(answer.causes[0]).toMatchObject({ code: 'DNS609' });
    expect(answer.headline).toContain('hostNetwork turns dnsPolicy ClusterFirst into Default');
  });

  it('is a fault of the policy that stops the question', async () => {
    const shut = networkPolicy(
      'shut',
      { podSelector: {}, policyTypes: ['Egress'], egress: [] },
      { namespace: 'front' },
    );
    const answer = await askNetdns('web.shop --from front-1 -n front', [...world, shut], live([ZONE, ZONE]));
    expect(answer.causes[0]).toMatchObject({ code: 'DNS401' });
    expect(answer.headline).toContain('NetworkPolicy front/shut');
  });

  it('is not decided where Services could not be read', async () => {
    const answer = await askNetdns('web -n shop --no-ask', world, { forbidden: ['Service'] });
    expect(answer).toMatchObject({ verdict: 'unknown', exit: 3 });
  });
});
