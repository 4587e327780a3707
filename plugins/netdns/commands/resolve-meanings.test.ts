import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { pod, service, slicesFor } from '../../../shared/testing/builders.ts';
import { COREFILE, dnsObjects, server } from '../testing/dns-objects.ts';
import type { FakeZone } from '../testing/dns-server.ts';
import { front, headless, live, world, ZONE } from '../testing/resolve-world.ts';
import { askNetdns, runNetdns } from '../testing/run-netdns.ts';

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
  it('a command typed wrong', async () => {
    const told = async (name: string) => (await runNetdns(name, world, live([ZONE, ZONE]))).stdout;
    expect(await told('chekc')).toContain(
      'run the command check, if chekc was meant as one (no risk)\n    kubectl netdns check\n',
    );
    expect(await told('payments')).not.toContain('command');
  });

  it('more behind the domain of the cluster', async () => {
    const answer = await askNetdns('web.shop.svc.cluster.local.shop.svc -n shop --no-ask', world);
    expect(answer.causes[0]).toMatchObject({ code: 'DNS601' });
    expect(answer.headline).toContain('it goes on behind cluster.local');
    expect(answer.headline).toContain('did you mean web.shop.svc.cluster.local?');
  });

  it('a pod that is not ready, by its name behind its Service and namespace', async () => {
    const spec = { hostname: 'db-0', subdomain: 'db' };
    const waiting = pod('db-0', { labels: { app: 'db' }, ip: '10.244.3.1', ready: false, spec });
    const objects = [...world, waiting, ...slicesFor(headless, [waiting])];
    const answer = await askNetdns('db-0.db.shop -n shop --no-ask', objects);
    expect(answer.causes[0]).toMatchObject({ code: 'DNS606' });
    expect(answer.headline).toContain('the pod is not ready');
    expect((await askNetdns('db-0.db.example -n shop --no-ask', objects)).verdict).toBe('unknown');
  });

  it('a namespace that a recording has no trace of', async () => {
    const ask = (name: string) => askNetdns(`${name} -n shop --no-ask`, world, { forbidden: ['Namespace'] });
    expect((await ask('wbe.shop')).causes[0]).toMatchObject({ code: 'DNS601' });
    expect((await ask('wbe.example')).causes).toEqual([]);
  });

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
