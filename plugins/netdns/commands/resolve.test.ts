import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, networkPolicy, pod, secondsAgo, service, slicesFor } from '../../../shared/testing/builders.ts';
import { COREFILE, dnsObjects, server } from '../testing/dns-objects.ts';
import { dnsServer, type FakeZone } from '../testing/dns-server.ts';
import { askNetdns, runNetdns } from '../testing/run-netdns.ts';

const web = service('web', {
  clusterIP: '10.96.0.7',
  clusterIPs: ['10.96.0.7'],
  ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
});
const webPod = pod('web-1', { ip: '10.244.0.9' });
const headless = service('db', { clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'db' } });
const front = pod('front-1', { namespace: 'front', labels: { app: 'front' } });
const world: readonly KubeObject[] = [
  ...dnsObjects(),
  namespace('shop'),
  namespace('front'),
  namespace('default'),
  namespace('kube-system'),
  web,
  webPod,
  ...slicesFor(web, [webPod]),
  headless,
  front,
];
const ZONE: FakeZone = {
  'web.shop.svc.cluster.local A': ['10.96.0.7'],
  'web.shop.svc.cluster.local SRV': [],
  '_http._tcp.web.shop.svc.cluster.local SRV': ['0 100 80 web.shop.svc.cluster.local'],
  'example.com A': ['192.0.2.80'],
};
const live = (zones: readonly FakeZone[]) => ({
  listeners: Object.fromEntries(zones.map((zone, at) => [`kube-system/coredns-${at + 1}:53`, dnsServer(zone)])),
});

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

describe('a pod by its own name', () => {
  const at = (host: string, subdomain?: string) =>
    pod(host, { ip: '10.244.3.1', labels: { app: 'web' }, spec: { hostname: host, ...(subdomain && { subdomain }) } });
  const ask = (line: string, more: KubeObject, corefile = COREFILE) =>
    askNetdns(line, [...dnsObjects({ corefile }), ...world.slice(dnsObjects().length), more], live([ZONE, ZONE]));

  it('is led to its name behind its Service, or to the Service', async () => {
    expect((await ask('db-0 -n shop', at('db-0', 'db'))).headline).toContain(
      'it is a pod, whose name stands before that of its Service; did you mean db-0.db?',
    );
    expect((await ask('web-9 -n shop', at('web-9'))).headline).toContain(
      'pods have no names in DNS by themselves; did you mean web?',
    );
  });

  it('or by its address, where the Corefile gives such names, is told why not', async () => {
    const off = COREFILE.replace('pods insecure', 'pods disabled');
    expect((await ask('10-244-3-1.shop.pod.cluster.local', at('a'), off)).headline).toContain('"pods disabled"');
    expect((await ask('web-9.shop.pod.cluster.local -n shop', at('web-9'))).headline).toContain(
      'did you mean 10-244-3-1.shop.pod?',
    );
  });
});

describe('a name of the world outside with one kind of address', () => {
  const alpine = pod('alp-1', { namespace: 'front', containers: [{ name: 'app', image: 'node:22-alpine' }] });
  const zone = (aaaa: FakeZone[string]): FakeZone => ({
    ...ZONE,
    'www.example.com A': ['192.0.2.1'],
    'www.example.com AAAA': aaaa,
  });
  const ask = (who: string, aaaa: FakeZone[string], type = '') =>
    askNetdns(`www.example.com --from ${who} -n front${type}`, [...world, alpine], live([zone(aaaa), zone(aaaa)]));

  it.each(['SERVFAIL', 'REFUSED'] as const)('fails on Alpine alone when the other question gets %s', async (rcode) => {
    const answer = await ask('alp-1', rcode);
    expect(answer.causes.map(({ code }) => code)).toEqual(['DNS617']);
    expect(answer.headline).toContain(
      `the servers answer ${rcode} to AAAA, and musl then drops the A record (192.0.2.1)`,
    );
    expect((await ask('front-1', rcode)).verdict).toBe('healthy');
  });

  it('resolves everywhere when the other answer is empty, and is told when that one is asked for', async () => {
    expect((await ask('alp-1', [])).verdict).toBe('healthy');
    const answer = await ask('front-1', [], ' --type AAAA');
    expect(answer).toMatchObject({ causes: [{ code: 'DNS607', severity: 'warning' }] });
    expect(answer.headline).toBe('www.example.com exists, and has no AAAA record');
  });
});

describe('words that are no question', () => {
  it.each([
    ['a b', 'one name at a time'],
    ['web!', 'is no DNS name'],
    ['http://web.shop:8080/x', 'Did you mean web.shop? A name has neither scheme nor port nor path.'],
    ['web --type MX', 'there is no type MX here'],
    ['münchen.example', 'Did you mean xn--mnchen-3ya.example?'],
    [`${'a'.repeat(64)}.example`, '63 letters at most, this one 64'],
    ['web --from pod/fron-1 -n front', 'Did you mean front-1?'],
  ])('%s', async (line, words) => {
    const run = await runNetdns(`resolve ${line}`, world);
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain(words);
  });
});

describe('a line of /etc/hosts', () => {
  const aliased = (ip: string) =>
    pod('front-1', {
      namespace: 'front',
      labels: { app: 'front' },
      spec: { hostAliases: [{ ip, hostnames: ['web.shop'] }] },
    });
  const ask = (line: string, ip: string) =>
    askNetdns(line, [...world.filter((object) => object !== front), aliased(ip)], live([ZONE, ZONE]));

  it('that gives a Service another address is the cause, whatever DNS says', async () => {
    const answer = await ask('web.shop --from front-1 -n front', '10.0.0.9');
    expect(answer.causes[0]).toMatchObject({ code: 'DNS614' });
    expect(answer.headline).toContain('takes web.shop for 10.0.0.9 by its hostAliases');
    expect(answer.headline).toContain('the Service has 10.96.0.7');
  });

  it('that says the same as DNS, or is asked for with the dot at the end, is no fault', async () => {
    expect((await ask('web.shop --from front-1 -n front', '10.96.0.7')).verdict).toBe('healthy');
    const full = await ask('web.shop.svc.cluster.local. --from front-1 -n front', '10.0.0.9');
    expect(full).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('answers for localhost and the pod itself', async () => {
    expect((await ask('localhost', '10.0.0.9')).headline).toContain('127.0.0.1 and ::1 by /etc/hosts of every pod');
    expect((await ask('front-1 --from front-1 -n front', '10.0.0.9')).verdict).toBe('healthy');
  });
});

describe('a name that may be a Service nobody may see', () => {
  it('gets no advice to write it as a name of the outside', async () => {
    const options = { forbidden: ['Service', 'Namespace'], denied: ['get pods/portforward'] };
    const run = await runNetdns('web.shop -n front', world, options);
    expect(run.exit).toBe(3);
    expect(run.stdout).not.toContain('Better');
  });
});

describe('an alias', () => {
  const to = (name: string, target: string) =>
    service(name, { type: 'ExternalName', externalName: target, selector: null, ports: [] });
  const aliases = [
    to('partner', 'api.partner.example'),
    to('lost', 'web.prod.svc.cluster.local'),
    to('ring-a', 'ring-b.shop.svc.cluster.local'),
    to('ring-b', 'ring-a.shop.svc.cluster.local'),
    to('short', 'api.front'),
    to('good', 'example.com'),
    service('api', {}, { namespace: 'front' }),
  ];
  /** What CoreDNS makes of an alias whose target has no address: the CNAME alone. */
  const bare = Object.fromEntries(
    aliases.flatMap(({ metadata, spec }) =>
      spec?.externalName === undefined
        ? []
        : [[`${metadata?.name}.shop.svc.cluster.local A`, [`CNAME ${spec.externalName}`]]],
    ),
  );
  const zone: FakeZone = { ...ZONE, ...bare, 'good.shop.svc.cluster.local A': ['CNAME example.com', '192.0.2.80'] };
  const ask = (name: string, more: object = live([zone, zone])) =>
    askNetdns(`${name} -n shop`, [...world, ...aliases], more);

  it.each([
    ['partner', 'is an alias for api.partner.example, for which the servers find no address'],
    ['lost', 'is an alias for web.prod.svc.cluster.local, which does not exist in this cluster'],
    ['ring-a', 'is an alias for ring-b.shop.svc.cluster.local, which leads back to it'],
    ['short', 'write api.front.svc.cluster.local'],
  ])('%s leads nowhere, which is the first cause', async (name, words) => {
    const answer = await ask(name);
    expect(answer).toMatchObject({ verdict: 'broken', causes: [{ code: 'DNS613' }] });
    expect(answer.causes).toHaveLength(1);
    expect(answer.headline).toContain(words);
  });

  it.each(['lost', 'ring-a', 'short'])('%s is known by the objects alone', async (name) => {
    expect((await ask(`${name} --no-ask`, {})).causes[0]).toMatchObject({ code: 'DNS613' });
  });

  it('whose target has an address is no fault', async () => {
    expect(await ask('good')).toMatchObject({ verdict: 'healthy', causes: [] });
  });
});

describe('names that were meant otherwise', () => {
  it('a dot at the end keeps the search list out', async () => {
    const answer = await askNetdns('web. -n shop', world, live([ZONE, ZONE]));
    expect(answer.causes[0]).toMatchObject({ code: 'DNS601' });
    expect(answer.headline).toContain('the dot at its end keeps search domains away; did you mean web?');
  });

  it('dnsPolicy None without the search domains of the cluster', async () => {
    const spec = { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.96.0.10'] } };
    const bare = pod('bare', { namespace: 'front', spec });
    for (const name of ['web.shop', 'web.shop.svc']) {
      const answer = await askNetdns(`${name} --from bare -n front`, [...world, bare], live([ZONE, ZONE]));
      expect(answer.causes[0], answer.headline).toMatchObject({ code: 'DNS601' });
      expect(answer.headline).toContain('with dnsPolicy None its dnsConfig.searches lacks');
      expect(answer.headline).toContain('did you mean web.shop.svc.cluster.local?');
    }
  });

  it('where nothing is forwarded, names outside', async () => {
    const corefile = COREFILE.replace(/ {4}forward[^}]*}\n/, '');
    const spec = { volumes: [{ name: 'config', configMap: { name: 'coredns' } }] };
    const servers = ['coredns-1', 'coredns-2'].map((name) => server(name, { spec }));
    const objects = [...dnsObjects({ corefile, servers }), ...world.slice(dnsObjects().length)];
    const zone: FakeZone = { ...ZONE, 'example.com A': 'REFUSED' };
    const answer = await askNetdns('example.com -n shop', objects, live([zone, zone]));
    expect(answer.causes.map(({ code }) => code)).toEqual(['DNS237']);
    // The Corefile decides it, whether or not somebody may ask the servers.
    for (const line of ['example.com -n shop', 'example.com -n shop --no-ask']) {
      expect((await askNetdns(line, objects, live([zone, zone]))).verdict, line).toBe('broken');
    }
    expect((await askNetdns('web -n shop', objects, live([zone, zone]))).verdict).toBe('healthy');
  });

  it('a subdomain without its Service', async () => {
    const member = pod('red', { namespace: 'front', spec: { hostname: 'red', subdomain: 'colours' } });
    for (const name of ['red.colours', 'red.colours.front', 'red.colours.front.svc.cluster.local']) {
      const answer = await askNetdns(`${name} -n front`, [...world, member], live([ZONE, ZONE]));
      expect(answer.causes[0], answer.headline).toMatchObject({ code: 'DNS606' });
      expect(answer.headline).toContain('there is no Service colours, which the pod names as its subdomain');
    }
  });
});
