import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import type { Container } from '../../../../../shared/model/objects-pod.ts';
import { crashing, ended, unready } from '../../../../../shared/testing/broken-pods.ts';
import {
  deployment,
  event,
  namespace,
  networkPolicy,
  pod,
  service,
  slicesFor,
  workload,
} from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');
const db = service('db', { selector: { app: 'db' }, ports: [{ port: 5432 }] });

function told(text: string, more: readonly object[] = [], spec: object = {}): ReturnType<typeof diagnoseObjects> {
  const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
  const app = { ...made, spec: { ...made.spec, ...spec } };
  const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text }];
  return diagnoseObjects([web, deployment('web', { app: 'web' }), app, ...(more as [])], 'web', { logs });
}

/** Service api, whose only pod answers its readiness probe with 503 and has this environment. */
function apiSayingNo(env: Container['env'] & object): readonly KubeObject[] {
  const readinessProbe = { httpGet: { path: '/healthz', port: 8080 } };
  const made = unready('api-1', { env, readinessProbe }, { labels: { app: 'api' } });
  const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503';
  const said = event(made, 'Unhealthy', message, { count: 40, fieldPath: 'spec.containers{app}' });
  return [service('api', { selector: { app: 'api' }, ports: [{ port: 80 }] }), made, said];
}

const facts = (report: ReturnType<typeof diagnoseObjects>): string =>
  (report.causes[0]?.evidence ?? []).map((entry) => entry.fact).join('\n');
const commands = (report: ReturnType<typeof diagnoseObjects>): readonly string[] =>
  (report.causes[0]?.fixes ?? []).map(({ command }) => command);

describe('what a crashing container needs and does not get', () => {
  const refused = 'dial tcp db:5432: connect: connection refused';

  it('a Service without pods is the cause, the crash its consequence', () => {
    const report = told(refused, [db, deployment('db', { app: 'database' })]);
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.causes[0]?.subject).toEqual({ kind: 'Service', namespace: 'shop', name: 'db' });
    expect(report.verdict).toBe('broken');
    expect(facts(report)).toMatch(/as a result: container app crashes .* exit code 1/);
    expect(facts(report)).toContain('it asks for Service db, which selects app=db: no pod has that');
    expect(commands(report)[0]).toContain('kubectl patch service db -n shop');
  });

  it('of a container without any word its environment tells what it may wait for', () => {
    const env = [{ name: 'DB_HOST', value: 'db' }];
    const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
    const [app] = made.spec?.containers ?? [];
    const asks = { ...made, spec: { ...made.spec, containers: [{ name: 'app', ...app, env }] } };
    const objects = [web, deployment('web', { app: 'web' }), asks, db];
    const report = diagnoseObjects(objects, 'web');
    expect(causeCodes(report)).toEqual(['SVC229']);
    expect(report.headline).toContain('; its environment names Service db, which selects app=db: no pod has that');
    expect(commands(report)).toContain('kubectl netsvc db -n shop');
    // One that is not there is said once.
    const other = [{ name: 'app', ...app, env: [{ name: 'DB_HOST', value: 'db:5432' }] }];
    const missing = { ...asks, spec: { ...asks.spec, containers: other } };
    const absent = diagnoseObjects([web, deployment('web', { app: 'web' }), missing], 'web');
    expect(facts(absent).match(/there is no Service db/g)).toHaveLength(1);
    const itself = {
      ...asks,
      spec: { ...asks.spec, containers: [{ name: 'app', ...app, env: [{ name: 'HOST', value: 'web' }] }] },
    };
    expect(diagnoseObjects([web, deployment('web', { app: 'web' }), itself], 'web').headline).not.toContain(
      'environment',
    );
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text: 'Error: bad flag' }];
    expect(diagnoseObjects(objects, 'web', { logs }).headline).not.toContain('Service db');
    expect(diagnoseObjects([...objects, pod('db-1', { labels: { app: 'db' } })], 'web').headline).not.toContain('db,');
  });

  it('the end of a chain is the cause: web asks for api, and api for db', () => {
    const env = [
      { name: 'DB_HOST', value: 'db' },
      { name: 'DB_PORT', value: '5432' },
    ];
    const chain = [...apiSayingNo(env), db, deployment('db', { app: 'db' }, { replicas: 0 })];
    const report = told('dial tcp api:80: connect: connection refused', chain);
    expect(causeCodes(report)).toEqual(['SVC201']);
    expect(report.causes[0]?.subject.name).toBe('db');
    expect(facts(report)).toMatch(/as a result: readiness probe .*503[\s\S]*as a result: container app crashes/);
  });

  it('Services that wait for each other are no riddle without an end', () => {
    const api = apiSayingNo([{ name: 'FRONT', value: 'http://web' }]);
    const report = told('dial tcp api:80: connect: connection refused', api);
    expect(causeCodes(report)).toEqual(['SVC301']);
  });

  it('two Services that do not answer are both told', () => {
    const cache = service('cache', { selector: { app: 'cache' }, ports: [{ port: 6379 }] });
    const off = ['db', 'cache'].map((name) => deployment(name, { app: name }, { replicas: 0 }));
    const report = told(`${refused}\ndial tcp cache:6379: connect: connection refused`, [db, cache, ...off]);
    expect(report.causes.map(({ subject }) => subject.name)).toEqual(['cache', 'db']);
  });

  it('a Service that the app does without, or a probe with a fault of its own, leads nowhere', () => {
    const off = [db, deployment('db', { app: 'db' }, { replicas: 0 })];
    expect(causeCodes(told('WARN db:5432 unreachable, continuing without\npanic: no config', off))).toEqual(['SVC229']);
    const readinessProbe = { httpGet: { path: '/healthz', port: 8080 } };
    const made = unready('web-6f9c-a', { readinessProbe, command: ['serve', 'db:5432'] }, { of: 'web' });
    const message = 'Readiness probe failed: HTTP probe failed with statuscode: 404';
    const said = event(made, 'Unhealthy', message, { count: 40, fieldPath: 'spec.containers{app}' });
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: false, text: refused }];
    expect(causeCodes(diagnoseObjects([web, made, said, ...off], 'web', { logs }))).toEqual(['SVC301']);
  });

  it.each([
    'WARN redis db:5432 unreachable, running in degraded mode\nValueError: bad port',
    'level=warn msg="db:5432: connection refused, will retry in background"\npanic: no config',
    '[WARNING] dial tcp db:5432: connection refused\nError: config key PAYMENT_KEY is missing',
  ])('nor does one that a warning names before an error of another kind: %s', (text) => {
    expect(causeCodes(told(text, [db, deployment('db', { app: 'db' }, { replicas: 0 })]))).toEqual(['SVC229']);
  });

  it('a warning that leads to the end is no aside', () => {
    const text = 'WARN dial tcp db:5432: connection refused (5/5)\nFATAL could not connect to the database';
    expect(causeCodes(told(text, [db, deployment('db', { app: 'db' }, { replicas: 0 })]))).toEqual(['SVC201']);
  });

  it('a Service of which only some pods answer leaves the crash its own cause', () => {
    const some = [pod('db-1', { labels: { app: 'db' } }), pod('db-2', { labels: { app: 'db' }, ready: false })];
    const sound = service('db', { selector: { app: 'db' }, ports: [{ port: 5432, targetPort: 8080 }] });
    expect(causeCodes(told(refused, [sound, ...some, ...slicesFor(sound, some)]))).toEqual(['SVC229']);
  });

  it('a Service of which no pod is Ready', () => {
    const report = told(refused, [db, pod('db-1', { labels: { app: 'db' }, ready: false })]);
    expect(facts(report)).toContain('it asks for Service db, of which the one pod is not Ready');
  });

  it.each([
    [
      'pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop"',
      'may not list pods in namespace shop',
      'kubectl create role web-pods --verb=get,list,watch --resource=pods -n shop && ' +
        'kubectl create rolebinding web-pods --role=web-pods --serviceaccount=shop:web -n shop',
    ],
    [
      'F1128 03:10:02.1 1 a.go:8] "x" err="User \\"system:serviceaccount:shop:web\\" cannot create resource \\"leases\\" in API group \\"coordination.k8s.io\\" at the cluster scope"',
      'may not create leases.coordination.k8s.io of all namespaces',
      'kubectl create clusterrole web-leases --verb=create --resource=leases.coordination.k8s.io && ' +
        'kubectl create clusterrolebinding web-leases --clusterrole=web-leases --serviceaccount=shop:web',
    ],
  ])('a right that its service account lacks: %s', (text, words, command) => {
    const report = told(text);
    expect(report.headline).toContain(`; ServiceAccount shop/web ${words}`);
    expect(commands(report)[0]).toBe(command);
  });

  it('a token of its service account that the pod does not mount', () => {
    const text = 'open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory';
    const report = told(text, [], { automountServiceAccountToken: false });
    expect(report.headline).toContain('automountServiceAccountToken is false');
    expect(commands(report)[0]).toContain('"automountServiceAccountToken":true');
    expect(told(text).headline).not.toContain('automount');
  });

  it('a port on which no pod of a headless Service listens', () => {
    const sound = service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 8080 }] });
    const made = [pod('db-1', { labels: { app: 'db' } })];
    const there = [sound, ...made, ...slicesFor(sound, made)];
    const report = told('connect ETIMEDOUT db:3306', there);
    expect(report.headline).toContain('; it asks for Service db, whose pods listen on 8080, not on 3306');
    expect(told('dial tcp db:8080: connect: connection refused', there).headline).not.toContain('listen on');
    const mapping = service('db', { ...sound.spec, ports: [{ port: 80, targetPort: 8080 }] });
    const mapped = told('connect ECONNREFUSED db:80', [mapping, ...made, ...slicesFor(mapping, made)]);
    expect(mapped.headline).toContain('; it asks for Service db, whose pods listen on 8080, not on 80');
    const set = (env: object) => {
      const containers = [{ name: 'app', env: [{ name: 'LOG', value: '1' }, env] }];
      return commands(told('connect ETIMEDOUT db:3306', there, { containers }))[0];
    };
    const line = 'kubectl set env deployment/web -n shop -c app';
    expect(set({ name: 'DB_PORT', value: '3306' })).toBe(`${line} DB_PORT=8080`);
    expect(set({ name: 'DB_ADDR', value: 'db:3306' })).toBe(`${line} DB_ADDR=db:8080`);
    expect(set({ name: 'DB_URL', value: 'mysql://u:pw@db:3306/x' })).toBe('kubectl netsvc db -n shop');
  });

  it('a Service whose slices were not read is blamed for nothing', () => {
    const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
    const text = 'dial tcp db:5432: connect: connection refused';
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text }];
    const objects = [web, deployment('web', { app: 'web' }), made, db, pod('db-0', { labels: { app: 'db' } })];
    const ask = (options: object) => diagnoseObjects(objects, 'web', { logs, ...options }).headline;
    const part = { EndpointSlice: { subset: 'selector kubernetes.io/service-name=web' } };
    expect(ask({})).toContain('waits for Service db');
    expect(ask({ only: part })).not.toContain('waits for Service db');
  });

  it('the own address of a pod of a headless Service, which a probe names, is no peer', () => {
    const sound = service('web', { clusterIP: 'None', ports: [{ port: 8080 }] });
    const made = unready('web-6f9c-a', { readinessProbe: { tcpSocket: { port: 8080 } } }, { of: 'web' });
    const ip = made.status?.podIP ?? '';
    const message = `Readiness probe failed: dial tcp ${ip}:8080: connect: connection refused`;
    const said = event(made, 'Unhealthy', message, { count: 40, fieldPath: 'spec.containers{app}' });
    const report = diagnoseObjects([sound, made, said], 'web');
    expect(ip).not.toBe('');
    expect(report.headline).toContain('connection refused on port 8080');
    expect(JSON.stringify(report)).not.toContain('asks for');
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

describe('why a name or an address gives nothing, in the first line', () => {
  const data = [
    namespace('shop'),
    namespace('data'),
    service('postgres', { selector: { app: 'pg' }, ports: [{ port: 5432 }] }, { namespace: 'data' }),
    pod('pg-1', { namespace: 'data', labels: { app: 'pg' } }),
  ];
  const env = (value: string) => ({
    containers: [{ name: 'app', image: 'example/app:1', env: [{ name: 'DB', value }] }],
  });

  it.each([
    [
      'getaddrinfo ENOTFOUND postgres',
      'there is no Service postgres in namespace shop; Service postgres is in namespace data',
      'postgres.data',
    ],
    [
      'lookup postgress.data: no such host',
      'there is no Service postgress in namespace data; nearest: postgres',
      'postgres.data',
    ],
    [
      'lookup postgres.dat.svc.cluster.local: no such host',
      'there is no namespace dat; nearest: data',
      'postgres.data',
    ],
    [
      'lookup postgres.data.svc.k8s.local: no such host',
      "its end is not the cluster's domain, cluster.local",
      'postgres.data',
    ],
  ])('%s', (text, why, better) => {
    const host = /(postgres\S*?)(:|$)/.exec(text)?.[1] ?? '';
    const report = told(text, data, env(`pg://${host}:5432/x`));
    expect(causeCodes(report)).toEqual(['SVC229']);
    expect(report.headline).toContain(`; it asks for ${host}: ${why}`);
    expect(commands(report)[0]).toBe(`kubectl set env deployment/web -n shop -c app DB=pg://${better}:5432/x`);
  });

  it('the namespace before the name, and pods that have their names under another Service', () => {
    const swapped = told('lookup data.postgres: no such host', [
      ...data,
      service('postgres', { selector: { app: 'x' } }),
    ]);
    expect(swapped.headline).toContain('; it asks for data.postgres: the namespace stands first');
    const set = workload('StatefulSet', 'db', { app: 'db' }, { serviceName: 'db-headless' });
    const ownerReferences = [{ kind: 'StatefulSet', name: 'db', controller: true }];
    const db0 = pod('db-0', { labels: { app: 'db' }, meta: { ownerReferences } });
    const report = told('lookup db-0.db: no such host', [db, set, db0]);
    expect(report.headline).toContain('StatefulSet db has serviceName db-headless, so its pods have no name under db');
    const renamed = told('lookup db-0.db: no such host', [db, set, db0], env('db-0.db:5432'));
    expect(commands(renamed)[0]).toContain('DB=db-0.db-headless:5432');
  });

  it('the namespace left out before svc, and a name that only ends in -svc', () => {
    const left = told('getaddrinfo ENOTFOUND db.svc.cluster.local', [db], env('db.svc.cluster.local'));
    expect(left.headline).toContain('; it asks for db.svc.cluster.local: the namespace is left out');
    expect(commands(left)[0]).toContain('DB=db');
    expect(told('getaddrinfo ENOTFOUND db-svc', [db]).headline).toContain('nearest: db');
  });

  it.each([
    'Error: connect ECONNREFUSED 10.96.9.9:5432',
    'connection to server at "pg" (10.96.9.9), port 5432 failed: Connection refused',
    'WARN Connection to node -1 (pg.shop/10.96.9.9:5432) could not be established',
  ])('the address of a Service that has no pods: %s', (text) => {
    const pg = service('pg', { clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'], selector: { app: 'pg' } });
    const report = told(text, [pg, deployment('pg', { app: 'pg' }, { replicas: 0 })]);
    expect(causeCodes(report)).toEqual(['SVC201']);
    expect(report.headline).toContain('Deployment web waits for Service pg');
  });

  it('a Service of another namespace that has no pods is the cause', () => {
    const off = deployment('pg', { app: 'pg' }, { replicas: 0 }, { namespace: 'data' });
    const report = told('dial tcp postgres.data:5432: connection refused', [...data.slice(0, 3), off]);
    expect(causeCodes(report)).toEqual(['SVC201']);
    expect(report.headline).toContain('Deployment web waits for Service data/postgres');
    expect(told('FATAL: password rejected by postgres.data:5432', data).headline).not.toContain('asks for');
  });

  it('the address of a pod stands for its headless Service', () => {
    const headless = service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 5432 }] });
    const down = crashing('db-0', ended(1, 'Error'), { labels: { app: 'db' } });
    const words = `dial tcp ${down.status?.podIP}:5432: connect: connection refused`;
    const report = told(words, [headless, down]);
    expect(report.headline).toContain('Deployment web waits for Service db');
    expect(told('dial tcp 10.9.9.9:5432: connect: connection refused', [headless, down]).headline).not.toContain('db');
  });

  it('a policy that does not let it out to a Service that serves', () => {
    const pods = [pod('db-1', { labels: { app: 'db' } })];
    const sound = service('db', { selector: { app: 'db' }, ports: [{ port: 5432, targetPort: 8080 }] });
    const calico = workload('DaemonSet', 'calico-node', { 'k8s-app': 'calico-node' }, {}, { namespace: 'kube-system' });
    const closed = networkPolicy('no-way-out', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Egress'],
    });
    const all = [sound, ...pods, ...slicesFor(sound, pods), calico, closed];
    expect(told('dial tcp db:5432: i/o timeout', all).headline).toContain(
      'it asks for Service db, but NetworkPolicy shop/no-way-out does not let it out to port 8080/TCP (egress)',
    );
    expect(told('dial tcp db:5432: connection refused', all).headline).not.toContain('no-way-out');
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

  it('a network policy without DNS is named and mended, unless the servers answered', () => {
    const dns = pod('coredns-1', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } });
    const ports = [{ name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' }];
    const kubeDns = service('kube-dns', { selector: { 'k8s-app': 'kube-dns' }, ports }, { namespace: 'kube-system' });
    const calico = workload('DaemonSet', 'calico-node', { 'k8s-app': 'calico-node' }, {}, { namespace: 'kube-system' });
    const egress = [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }];
    const shut = networkPolicy('web-out', { podSelector: {}, policyTypes: ['Egress'], egress });
    const all = [...sound, dns, kubeDns, ...slicesFor(kubeDns, [dns]), calico, shut];
    const why = 'NetworkPolicy shop/web-out does not let it ask DNS on UDP 53 (egress)';
    const timeout = 'lookup db on 10.96.0.10:53: read udp 10.244.1.9:41234->10.96.0.10:53: i/o timeout';
    for (const words of [lost, timeout]) {
      const report = told(words, all);
      expect(report.headline).toContain(why);
      expect(commands(report)[0]).toContain('"k8s-app":"kube-dns"');
      expect(commands(report).join()).not.toContain('netsvc db');
    }
    expect(told('getaddrinfo ENOTFOUND db', all).headline).not.toContain('web-out');
    // Nothing that enforces it is in sight: worth a word where packets got no answer, and no more.
    const flannel = workload('DaemonSet', 'kube-flannel-ds', { app: 'f' }, {}, { namespace: 'kube-flannel' });
    const loose = [...all.filter((one) => one !== calico), flannel];
    const hint = told(timeout, loose);
    expect(hint.headline).toContain('it cannot resolve db');
    expect(facts(hint)).toContain(`${why}; but nothing enforces policies here (Flannel)`);
    expect(facts(told(lost, loose))).not.toContain('web-out');
    const open = networkPolicy('dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] });
    expect(told(lost, [...all, open]).headline).not.toContain('web-out');
  });

  it('a name outside the cluster ends the first line', () => {
    const words = 'dial tcp: lookup api.example.com on 10.96.0.10:53: server misbehaving';
    expect(told(words, sound).headline).toContain('; it cannot resolve api.example.com');
    expect(told(`${words}, continuing without`, sound).headline).not.toContain('cannot resolve');
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
