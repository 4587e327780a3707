import { describe, expect, it } from 'vitest';
import { netdns } from '../../plugins/netdns/plugin.ts';
import { netpol } from '../../plugins/netpol/plugin.ts';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import type { KubeObject } from '../../shared/model/objects.ts';
import type { Ingress } from '../../shared/model/objects-network.ts';
import {
  deployment,
  ingress,
  namespace,
  node,
  ownedBy,
  pod,
  service,
  slicesFor,
  workload,
} from '../../shared/testing/builders.ts';
import { slice } from '../../shared/testing/endpoint-builders.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { type CliRun, runCli } from '../../shared/testing/run-cli.ts';
import { tempFiles } from '../../shared/testing/temp-files.ts';
import { scenario } from './facts.ts';

/** A healthy namespace `shop`: Deployment web behind Services web and web-admin, and a worker that nobody calls. */
function shop(): readonly KubeObject[] {
  const web = service('web');
  const admin = service('web-admin', { clusterIP: '10.96.10.11', clusterIPs: ['10.96.10.11'] });
  const pods = ['web-1', 'web-2'].map((name, at) =>
    pod(name, {
      ip: `10.244.1.${at + 10}`,
      labels: { app: 'web', 'pod-template-hash': 'abc' },
      meta: ownedBy('ReplicaSet', 'web-abc'),
    }),
  );
  return [
    namespace('shop'),
    node('n1'),
    web,
    admin,
    deployment('web', { app: 'web' }, { replicas: 2 }),
    workload(
      'ReplicaSet',
      'web-abc',
      { app: 'web', 'pod-template-hash': 'abc' },
      { replicas: 2 },
      ownedBy('Deployment', 'web'),
    ),
    ...pods,
    ...slicesFor(web, pods),
    ...slicesFor(admin, pods),
    deployment('worker', { app: 'worker' }),
    pod('worker-1', { labels: { app: 'worker' }, ip: '10.244.1.30' }),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    } as KubeObject,
    deployment('ingress-nginx-controller', { app: 'ingress-nginx' }),
    ingress('front', {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'shop.example.com',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
          },
        },
      ],
    }),
  ];
}

function ask(line: string, objects: readonly KubeObject[] = shop()): Promise<CliRun> {
  const cluster = fakeCluster(objects, { namespace: 'shop', context: 'test' });
  return runCli(netsvc, line, { world: { connect: async () => cluster } });
}

describe('a target', () => {
  it.each(['web', 'svc/web', 'service web', 'web.shop.svc:80', 'http://web/healthz'])(
    '%s is the Service',
    async (line) => {
      const run = await ask(line);
      expect(run.stdout).toMatch(/^HEALTHY {2}Service shop\/web is healthy: 2 of 2 endpoints ready\n/);
      expect(run.exit).toBe(0);
    },
  );

  it.each(['deploy/web', 'pod/web-1', 'rs/web-abc'])(
    '%s is followed to the Services that select its pods',
    async (line) => {
      const run = await ask(line);
      expect(run.stdout).toMatch(/2 Services in front, all healthy: web and\s+web-admin/);
      expect(run.exit).toBe(0);
    },
  );

  it('ing/front is followed to its backends', async () => {
    const { stdout } = await ask('ing/front -o json');
    expect(JSON.parse(stdout).services).toEqual([{ name: 'web', namespace: 'shop', verdict: expect.any(String) }]);
  });

  it('ing/front is not blamed for another Ingress at the same Service', async () => {
    const [front] = shop().filter((object) => object.kind === 'Ingress') as Ingress[];
    const stray = { ...front, metadata: { ...front?.metadata, name: 'stray', uid: 'stray' } } as Ingress;
    const other = { ...stray, spec: { ...stray.spec, ingressClassName: 'no-such-class' } };
    const codes = async (line: string) =>
      (JSON.parse((await ask(line, [...shop(), other])).stdout).causes as { readonly code: string }[]).map(
        ({ code }) => code,
      );
    expect(await codes('ing/stray -o json')).toContain('SVC701');
    expect(await codes('svc/web -o json')).toContain('SVC701');
    expect(await codes('ing/front -o json')).not.toContain('SVC701');
  });

  it('without any Service leads to the one of its name that selects nobody', async () => {
    const lost = service('worker', {
      selector: { component: 'queue' },
      clusterIP: '10.96.10.12',
      clusterIPs: ['10.96.10.12'],
    });
    const run = await ask('deploy/worker', [...shop(), lost]);
    expect(run.stdout).toContain('BROKEN  Service shop/worker selects component=queue');
    expect(run.exit).toBe(1);
  });

  it('is followed to a Service that misses its pods, beside those that select them', async () => {
    const edge = (selector: Readonly<Record<string, string>>) =>
      service('web-edge', { selector, clusterIP: '10.96.10.12', clusterIPs: ['10.96.10.12'] });
    const track = edge({ app: 'web', track: 'stable' });
    for (const line of ['deploy/web', 'pod/web-1']) {
      const run = await ask(line, [...shop(), track]);
      expect(run.stdout).toContain('BROKEN  Service shop/web-edge selects app=web,track=stable');
      expect(run.exit).toBe(1);
    }
    // What another workload has is not missed.
    const other = deployment('web-edge', { app: 'web', track: 'stable' }, { replicas: 0 });
    expect((await ask('deploy/web', [...shop(), track, other])).exit).toBe(0);
    expect((await ask('deploy/web', [...shop(), edge({ app: 'worker' })])).exit).toBe(0);
  });

  it('without any Service leads to the one of its name that has no selector and no endpoints', async () => {
    const lost = service('worker', { selector: null, clusterIP: '10.96.10.12', clusterIPs: ['10.96.10.12'] });
    const run = await ask('deploy/worker', [...shop(), lost]);
    expect(run.stdout).toContain('BROKEN  Service shop/worker has no selector and no');
    // An alias, or one whose endpoints somebody wrote, is another thing of that name.
    const alias = service('worker', { selector: null, type: 'ExternalName', externalName: 'example.com', ports: [] });
    expect((await ask('deploy/worker', [...shop(), alias])).stdout).toContain('UNKNOWN  no Service selects');
    const written = slice('worker-0', { service: 'worker', addresses: ['192.168.7.7'], ports: [{ port: 8080 }] });
    expect((await ask('deploy/worker', [...shop(), lost, written])).stdout).not.toContain('BROKEN');
  });

  it('without any Service leads to the one that only the ended pods of a Job match', async () => {
    const lost = service('worker', {
      selector: { app: 'workers' },
      clusterIP: '10.96.10.12',
      clusterIPs: ['10.96.10.12'],
    });
    const ended = pod('migrate-1', {
      labels: { app: 'workers' },
      meta: ownedBy('Job', 'migrate'),
      status: { phase: 'Succeeded' },
    });
    const run = await ask('deploy/worker', [...shop(), lost, ended]);
    expect(run.stdout).toContain('BROKEN  Service shop/worker selects app=workers');
  });

  it('without any Service says so and shows near selectors', async () => {
    const run = await ask('deploy/worker');
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('UNKNOWN  no Service selects the pods of Deployment shop/worker (app=worker)');
  });

  it('whose Service lost it leads to that Service and its cause', async () => {
    const run = await runCli(
      netsvc,
      `deploy/web -n deployment-asked-instead-of-service ${scenario('deployment-asked-instead-of-service')}`,
    );
    expect(run.exit).toBe(1);
    expect(run.stdout).toContain('BROKEN');
    expect(run.stdout).toContain('track=stable');
  });
});

describe('a name that does not exist', () => {
  it('is told with the nearest name and the line to try', async () => {
    const run = await ask('wbe');
    expect(run.exit).toBe(3);
    expect(run.stdout).toMatch(/^UNKNOWN {2}there is no Service wbe in namespace shop; nearest: web \[SVC001\]/);
    expect(run.stdout).toContain('    kubectl netsvc web -n shop\n');
  });

  it('is told with the namespace that has it', async () => {
    const run = await ask('web -n default');
    expect(run.stdout).toContain('there is no Service web in namespace default; namespace shop has one');
    expect(run.stdout).toContain('    kubectl netsvc web -n shop\n');
  });

  it('is told with the workload that bears it and the line that creates the Service', async () => {
    const run = await ask('worker');
    expect(run.stdout.replace(/\s+/g, ' ')).toContain(
      'there is no Service worker in namespace shop; the pods of Deployment worker are selected by no Service',
    );
    expect(run.stdout).toContain('    kubectl expose deployment worker -n shop --port=8080\n');
  });

  it.each(['web-5d9c6b7f8d-x2x4z', 'pod/web-5d9c6b7f8d-x2x4z', 'rs/web-5d9c6b7f8d'])(
    '%s of a former rollout leads to the Service of its workload',
    async (line) => {
      const { stdout } = await ask(line);
      expect(stdout.replace(/\s+/g, ' ')).toContain('the pods of Deployment web are selected by Service web');
      expect(stdout).toContain('    kubectl netsvc web -n shop\n');
    },
  );

  it.each([
    ['10.96.10.11', 'is the clusterIP of Service shop/web-admin', 'netsvc web-admin -n shop'],
    ['10.96.10.11:80', 'is the clusterIP of Service shop/web-admin', 'netsvc web-admin -n shop'],
    ['endpoints 10.96.10.11', 'is the clusterIP of Service shop/web-admin', 'netsvc endpoints web-admin -n shop'],
    ['http://10.244.1.10:8080/x', 'is the address of Pod shop/web-1', 'netsvc pod/web-1 -n shop'],
    ['198.51.100.7', 'is the load balancer address of Service shop/public', 'netsvc public -n shop'],
    ['203.0.113.5', 'is an external IP of Service shop/public', 'netsvc public -n shop'],
    ['[fd00::0:9]:80', 'fd00::0:9 is the clusterIP of Service shop/public', 'netsvc public -n shop'],
    ['172.18.0.2', 'is an address of Node n2', 'netcni check --node n2'],
  ])('%s, an address from a log, %s', async (line, told, retry) => {
    const public_ = {
      ...service('public', { clusterIPs: ['10.96.10.12', 'fd00::9'], externalIPs: ['203.0.113.5'] }),
      status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } },
    };
    const proxy = pod('proxy', { namespace: 'kube-system', ip: '172.18.0.2', spec: { hostNetwork: true } });
    const machine = { ...node('n2'), status: { addresses: [{ type: 'InternalIP', address: '172.18.0.2' }] } };
    const { stdout, exit } = await ask(`${line} -n default`, [...shop(), public_, proxy, machine]);
    expect(exit).toBe(3);
    expect(stdout.replace(/\s+/g, ' ')).toContain(told);
    expect(stdout).toContain(`    kubectl ${retry}\n`);
  });

  it.each([
    [netsvc, 'check', 'nothing of namespace shpo was recorded; the recording holds shop and data'],
    [netsvc, 'web', 'nothing of namespace shpo was recorded; the recording holds shop and data'],
    [netpol, 'lint', 'nothing of namespace shpo was recorded; the recording holds shop and data'],
    [netdns, 'check', 'nothing of namespace shpo was recorded; the recording holds shop and data'],
  ])('a namespace that the recording does not hold: $name %s', async (plugin, command, told) => {
    const objects = [service('web'), pod('web-1'), service('db', {}, { namespace: 'data' })];
    const files = tempFiles();
    const path = files.write('all.json', { apiVersion: 'v1', kind: 'List', items: objects });
    const { stdout, exit } = await runCli(plugin, `${command} -n shpo --snapshot ${path}`);
    expect(stdout.replace(/\s+/g, ' ')).toContain(told);
    expect(exit).toBe(3);
    const there = await runCli(plugin, `${command} -n shop --snapshot ${path}`);
    files.remove();
    expect(there.stdout).not.toContain('nothing of namespace');
  });

  it('an address that nobody has is said to be so, as far as was seen', async () => {
    const all = await ask('203.0.113.9 -n default');
    expect(all.stdout).toContain('UNKNOWN  no Service, pod or node has the address 203.0.113.9');
    const gone = await ask('10.244.1.99');
    expect(gone.stdout.replace(/\s+/g, ' ')).toContain(
      'it is in the range of the pods: one that is gone may have had it',
    );
    const recording = `203.0.113.9 ${scenario('partial-service-alone')}`;
    const part = await runCli(netsvc, recording);
    expect(part.stdout.replace(/\s+/g, ' ')).toContain(
      'nothing that was read has the address 203.0.113.9; not all Services, pods and nodes were read',
    );
    expect([all.exit, gone.exit, part.exit]).toEqual([3, 3, 3]);
  });

  it('that looks like a command names the command', async () => {
    expect((await ask('chekc')).stdout).toContain('    kubectl netsvc check\n');
  });

  it('of another kind keeps its kind in the line to try', async () => {
    const run = await ask('deploy/wrker');
    expect(run.stdout).toContain('there is no Deployment wrker');
    expect(run.stdout).toContain('    kubectl netsvc deployment/worker -n shop\n');
  });

  it('in a snapshot is looked for in the one namespace that has it, and that is said', async () => {
    const run = await runCli(netsvc, `payment-service ${scenario('selector-relabelled-in-release')} -o name`);
    expect(run.stdout).toBe('service/payment-service\n');
    expect(run.stderr).toBe('namespace shop: the only one in the snapshot with a Service payment-service\n');
  });

  it('in a snapshot with -n stays in that namespace', async () => {
    const run = await runCli(netsvc, `payment-service -n elsewhere ${scenario('selector-relabelled-in-release')}`);
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('shop');
  });
});

describe('--from', () => {
  it.each(['pod/web-1', 'web-1', 'shop/web-1', 'pod/shop/web-1'])('%s is a pod', async (from) => {
    const run = await ask(`path web --from ${from}`);
    expect(run.stdout).toContain('pod shop/web-1 10.244.1.10 on node n1');
  });

  it.each(['deploy/web', 'deploy/shop/web', 'rs/web-abc'])('%s is one of its pods', async (from) => {
    const run = await ask(`path web --from ${from}`);
    expect(run.stdout).toContain('pod shop/web-1 10.244.1.10 on node n1');
  });

  it('a workload that is not there, or has no pod, is a mistake in the words', async () => {
    const { stderr, exit } = await ask('web --from deploy/wep');
    expect(stderr).toContain('there is no deployment wep in namespace shop\nDid you mean deployment/web?');
    expect(exit).toBe(2);
  });

  it('what was asked for a caller that was not seen is not called healthy', async () => {
    const cut =
      'np -n control-node-port --from elsewhere/client --snapshot test/scenarios/control-node-port/facts/namespace.yaml';
    const run = await runCli(netsvc, cut);
    expect(run.stdout).toContain('was not seen');
    expect(run.exit).toBe(3);
  });

  it('a pod that is not there is a mistake in the words', async () => {
    const run = await ask('web --from pod/web-3');
    expect(run).toEqual({
      stdout: '',
      stderr: 'error: --from: there is no pod web-3 in namespace shop\nDid you mean pod/web-1 or pod/web-2?\n',
      exit: 2,
    });
  });
});

describe('a name with a dot', () => {
  it('can be a pod of a Service of the own namespace', async () => {
    const db = service('db', { clusterIP: 'None', clusterIPs: ['None'] });
    const run = await ask('db-0.db', [...shop(), db]);
    expect(run.exit).toBe(3);
    expect(run.stdout.replace(/\s+/g, ' ')).toContain('db-0.db can be pod db-0 of Service shop/db');
    expect(run.stdout).toContain('kubectl netsvc db -n shop');
  });
});
