import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, pod, service, slicesFor } from '../../../shared/testing/builders.ts';
import { dnsObjects } from '../testing/dns-objects.ts';
import { dnsServer, type FakeZone } from '../testing/dns-server.ts';
import { askNetdns, runNetdns } from '../testing/run-netdns.ts';

const web = service('web', { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] });
const webPod = pod('web-1', { ip: '10.244.0.9' });
const objects: readonly KubeObject[] = [...dnsObjects(), namespace('shop'), web, webPod, ...slicesFor(web, [webPod])];
const ZONE: FakeZone = {
  'web.shop.svc.cluster.local A': ['10.96.0.7'],
  '7.0.96.10.in-addr.arpa PTR': ['web.shop.svc.cluster.local'],
};
const live = (first: FakeZone, second: FakeZone) => ({
  listeners: { 'kube-system/coredns-1:53': dnsServer(first), 'kube-system/coredns-2:53': dnsServer(second) },
});

describe('records', () => {
  it('lists what a Service is due', async () => {
    const run = await runNetdns('records web -n shop', objects);
    expect(run.exit).toBe(0);
    expect(run.stdout).toContain('2 records promised for Service shop/web');
    expect(run.stdout).toMatch(/web\.shop\.svc\.cluster\.local\. +A +10\.96\.0\.7/);
  });

  it('lists the names of a pod', async () => {
    const run = await runNetdns('records pod/web-1 -n shop', objects);
    expect(run.stdout).toContain('10-244-0-9.shop.pod.cluster.local.');
  });

  it('is content when every server serves them', async () => {
    const answer = await askNetdns('records web -n shop --live', objects, live(ZONE, ZONE));
    expect(answer).toMatchObject({ verdict: 'healthy', exit: 0 });
    expect(answer.headline).toContain('2 servers serve them: no difference');
  });

  it('names the server that differs, what is missing and what is stale', async () => {
    const stale: FakeZone = { ...ZONE, 'web.shop.svc.cluster.local A': ['10.96.0.99'] };
    const answer = await askNetdns('records web -n shop --live', objects, live(ZONE, stale));
    expect(answer).toMatchObject({
      verdict: 'broken',
      exit: 1,
      causes: [{ code: 'DNS150', subject: { name: 'coredns-2' } }],
    });
    expect(answer.causes[0]?.summary).toContain('missing 10.96.0.7, not promised 10.96.0.99');
  });

  it('takes the other pods behind a name for promised as well', async () => {
    const db = service('db', { clusterIP: 'None', clusterIPs: ['None'] });
    const pods = [webPod, pod('web-2', { ip: '10.244.0.10' })];
    const zone: FakeZone = {
      'db.shop.svc.cluster.local A': ['10.244.0.9', '10.244.0.10'],
      '10-244-0-9.db.shop.svc.cluster.local A': ['10.244.0.9'],
      '9.0.244.10.in-addr.arpa PTR': ['10-244-0-9.db.shop.svc.cluster.local'],
      '10-244-0-9.shop.pod.cluster.local A': ['10.244.0.9'],
    };
    const all = [...dnsObjects(), namespace('shop'), db, ...pods, ...slicesFor(db, pods)];
    const answer = await askNetdns('records pod/web-1 -n shop --live', all, live(zone, zone));
    expect(answer.headline).toContain('no difference');
  });

  it('blames the Service, not the servers, for an alias of an address', async () => {
    const alias = service('old', { type: 'ExternalName', externalName: '192.0.2.7', clusterIP: '' });
    const answer = await askNetdns('records --all -n shop --live', [...objects, alias], live(ZONE, ZONE));
    expect(answer).toMatchObject({ exit: 1, causes: [{ code: 'DNS613', subject: { kind: 'Service', name: 'old' } }] });
    expect(answer.headline).toContain('1 alias of an address, which no server can serve');
  });

  it('tells that nothing is promised while no endpoint is ready, which is no doubt', async () => {
    const db = service('db', { clusterIP: 'None', clusterIPs: ['None'] });
    const answer = await askNetdns('records db -n shop --live', [...objects, db], live(ZONE, ZONE));
    expect(answer).toMatchObject({ verdict: 'healthy', exit: 0 });
    expect(answer.headline).toContain('0 records promised for Service shop/db: no endpoint is ready');
  });

  it('cannot tell when no server may be asked', async () => {
    const answer = await askNetdns('records web -n shop --live', objects, { denied: ['get pods/portforward'] });
    expect(answer).toMatchObject({ verdict: 'unknown', exit: 3 });
  });

  it('cannot tell when the Service may not be seen', async () => {
    const run = await runNetdns('records web -n shop', objects, { forbidden: ['Service'] });
    expect(run).toMatchObject({ exit: 3 });
    expect(run.stderr).toContain('Service shop/web could not be read\nforbidden');
  });

  it('names the nearest Service when there is none', async () => {
    const run = await runNetdns('records wep -n shop', objects);
    expect(run).toMatchObject({ exit: 2 });
    expect(run.stderr).toContain('Did you mean web?');
  });
});

describe('resolvconf and explain-search', () => {
  it('show the file and the queries of a pod', async () => {
    const file = await runNetdns('resolvconf web-1 -n shop', objects);
    expect(file.stdout).toContain(
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    );
    const search = await runNetdns('explain-search web.shop --from web-1 -n shop', objects);
    expect(search.stdout).toContain('glibc  4 queries on the wire, ends with address');
    expect(search.stdout).toContain(
      'Better: web.shop.svc.cluster.local. with the dot at its end: 2 queries instead\n  of 4, with every library.',
    );
  });

  it('need no cluster when the search list is given', async () => {
    const run = await runNetdns(
      'explain-search web.shop.svc --image-libc musl --ndots 2 --search a.example,b.example',
      [],
    );
    expect(run.stdout).toContain('with 2 dots (ndots 2) musl asks the name as it is and never searches');
    expect(run.cluster.asked).toEqual([]);
  });
});
