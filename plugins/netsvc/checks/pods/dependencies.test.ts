import { describe, expect, it } from 'vitest';
import { crashing, ended } from '../../../../shared/testing/broken-pods.ts';
import { deployment, pod, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const db = service('db', { selector: { app: 'db' }, ports: [{ port: 5432 }] });

function told(text: string, more: readonly object[] = [], spec: object = {}): ReturnType<typeof diagnoseObjects> {
  const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
  const app = { ...made, spec: { ...made.spec, ...spec } };
  const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text }];
  return diagnoseObjects([web, deployment('web', { app: 'web' }), app, ...(more as [])], 'web', { logs });
}

const facts = (report: ReturnType<typeof diagnoseObjects>): string =>
  (report.causes[0]?.evidence ?? []).map((entry) => entry.fact).join('\n');
const commands = (report: ReturnType<typeof diagnoseObjects>): readonly string[] =>
  (report.causes[0]?.fixes ?? []).map(({ command }) => command);

describe('what a crashing container needs and does not get', () => {
  const refused = 'dial tcp db:5432: connect: connection refused';

  it('a Service without pods is named, and the command that tells why', () => {
    const report = told(refused, [db]);
    expect(causeCodes(report)).toEqual(['SVC229']);
    expect(facts(report)).toContain('it asks for Service db, which selects app=db: no pod has that');
    expect(commands(report)[0]).toBe('kubectl netsvc db -n shop');
  });

  it('a Service of which no pod is Ready', () => {
    const report = told(refused, [db, pod('db-1', { labels: { app: 'db' }, ready: false })]);
    expect(facts(report)).toContain('it asks for Service db, of which the one pod is not Ready');
  });

  it('a port that the Service does not have', () => {
    const report = told('connect ECONNREFUSED db:3306', [db, pod('db-1', { labels: { app: 'db' } })]);
    expect(facts(report)).toContain('which has port 5432 and not 3306');
  });

  it('a Service that serves is not blamed', () => {
    const report = told(refused, [db, pod('db-1', { labels: { app: 'db' } })]);
    expect(facts(report)).not.toContain('it asks for');
  });

  it('a name that no Service has', () => {
    expect(facts(told('getaddrinfo ENOTFOUND databse'))).toContain('there is no Service databse in namespace shop');
    const postgres = service('postgres', { selector: { app: 'pg' } });
    expect(facts(told('getaddrinfo ENOTFOUND postgre', [postgres]))).toContain('nearest: postgres');
  });

  it('an alias of the pod that gives a Service another address', () => {
    const astray = { hostAliases: [{ ip: '203.0.113.9', hostnames: ['db'] }] };
    const report = told(refused, [db, pod('db-1', { labels: { app: 'db' } })], astray);
    expect(facts(report)).toContain('its hostAliases take db for 203.0.113.9');
    expect(commands(report)[0]).toContain('"hostAliases":[{"ip":"203.0.113.9","$patch":"delete"}]');
  });

  it('a Service that its environment names and that is not there, and none that is', () => {
    const env = [
      { name: 'RATE_ADDR', value: 'rate:8084' },
      { name: 'DB_URL', value: 'postgres://db:5432/shop' },
      { name: 'SELF', value: 'localhost:8080' },
      { name: 'MAIL', value: 'smtp.example.com:25' },
    ];
    const made = facts(told('panic: exit', [db], { containers: [{ name: 'app', image: 'example/app:1', env }] }));
    expect(made.match(/there is no Service \S+/g)).toEqual(['there is no Service rate']);
    expect(made).not.toContain('Service db');
  });

  it('hosts outside the namespace and the cluster are nobody that could be seen', () => {
    expect(facts(told('getaddrinfo ENOTFOUND db.example.com'))).not.toContain('no Service');
    expect(facts(told('getaddrinfo ENOTFOUND db.data'))).not.toContain('no Service');
  });
});

describe('a name that the pod cannot resolve', () => {
  const lost = 'getaddrinfo EAI_AGAIN db';
  const sound = [db, pod('db-1', { labels: { app: 'db' } })];

  it('dnsPolicy None with servers of its own is named and mended', () => {
    const report = told(lost, sound, { dnsPolicy: 'None', dnsConfig: { nameservers: ['203.0.113.7'] } });
    expect(facts(report)).toContain('dnsPolicy None asks 203.0.113.7');
    expect(commands(report)[0]).toContain('"dnsPolicy":"ClusterFirst"');
    expect(commands(report)).toContain('kubectl netdns db --from pod/web-6f9c-a -n shop');
  });

  it('hostNetwork without its own policy', () => {
    expect(facts(told(lost, sound, { hostNetwork: true, dnsPolicy: 'ClusterFirst' }))).toContain('hostNetwork');
  });

  it('the usual policy is not blamed', () => {
    const report = told(lost, sound);
    expect(facts(report)).not.toContain('dnsPolicy');
    expect(commands(report)).toContain('kubectl netdns db --from pod/web-6f9c-a -n shop');
  });

  it('nothing is said of DNS where nothing failed to resolve', () => {
    const report = told('panic: no config', sound, { dnsPolicy: 'None', dnsConfig: { nameservers: ['203.0.113.7'] } });
    expect(facts(report)).not.toContain('dnsPolicy');
  });
});
