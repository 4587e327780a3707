import { afterAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, networkPolicy, ownedBy, pod, service, workload } from '../../../shared/testing/builders.ts';
import { type FakeClusterOptions, fakeCluster } from '../../../shared/testing/fake-cluster.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { tempFiles } from '../../../shared/testing/temp-files.ts';
import { netpol } from '../plugin.ts';

const files = tempFiles();
afterAll(() => files.remove());

const owned = (kind: string, name: string, labels: Record<string, string>, space = 'shop') =>
  pod(`${name}-1`, { namespace: space, labels, meta: ownedBy(kind, name), ports: [{ containerPort: 8080 }] });

const cluster: readonly KubeObject[] = [
  namespace('shop', { team: 'shop' }),
  namespace('jobs', { team: 'jobs' }),
  workload('StatefulSet', 'db', { app: 'db' }),
  owned('StatefulSet', 'db', { app: 'db' }),
  owned('DaemonSet', 'web', { app: 'web' }),
  owned('DaemonSet', 'batch', { app: 'batch' }, 'jobs'),
  service('db', { selector: { app: 'db' }, ports: [{ port: 5432, targetPort: 8080 }] }),
  networkPolicy('db', {
    podSelector: { matchLabels: { app: 'db' } },
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [{ podSelector: {} }, { namespaceSelector: { matchLabels: { team: 'jobs' } } }],
        ports: [{ port: 8080 }],
      },
    ],
  }),
];

async function diff(line: string, options: FakeClusterOptions & { readonly stdin?: string } = {}) {
  const { stdin, ...rest } = options;
  const reader = fakeCluster(cluster, { namespace: 'shop', ...rest });
  const world = { connect: async () => reader };
  const run = (words: string) =>
    runCli(netpol, `diff ${words} --cni calico`, { world, ...(stdin === undefined ? {} : { stdin }) });
  const { exit, stdout, stderr } = await run(line);
  const json = exit === 2 ? undefined : JSON.parse((await run(`${line} -o json`)).stdout);
  return { exit, stdout, stderr, json };
}

const onlyShop = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {}}], ports: [{port: 8080}]}]
`;
const narrower = files.write('narrower.yaml', onlyShop);
const same = files.write(
  'same.yaml',
  onlyShop.replace(
    '{podSelector: {}}',
    '{podSelector: {}}, {namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [jobs]}]}}',
  ),
);
const DB = { kind: 'StatefulSet', namespace: 'shop', name: 'db' };
const BATCH = { kind: 'DaemonSet', namespace: 'jobs', name: 'batch' };
const TCP = [{ protocol: 'TCP', from: 8080, to: 8080 }];

describe('diff -f of pods that the server names', () => {
  it('calls them by what is known of their names', async () => {
    const pod = (name: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {generateName: ${name}}\nspec: {containers: [{name: c, image: i}]}\n`;
    const { json } = await diff(`-f ${files.write('jobs.yaml', `${pod('a-')}---\n${pod('b-')}`)}`);
    expect(json.objects.created).toEqual(['Pod shop/a-*', 'Pod shop/b-*']);
  });
});

describe('diff --delete of a name', () => {
  it('takes NAMESPACE/NAME for a NetworkPolicy, and tells a kind that is nearly one', async () => {
    const { json } = await diff('--delete shop/db --expect any');
    expect(json.objects.deleted).toEqual(['NetworkPolicy shop/db']);
    const { exit, stderr } = await diff('--delete netwrkpolicy/db');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('Did you mean networkpolicy')]);
  });
});

describe('diff -f', () => {
  it('replaces the object of the same name in the namespace in force, and names who loses', async () => {
    const { exit, stdout, json } = await diff(`-f ${narrower}`);
    expect(exit).toBe(1);
    expect(json.connections).toEqual([{ from: BATCH, to: DB, change: 'removed', before: TCP, after: [] }]);
    expect(stdout).toContain('changed: NetworkPolicy shop/db');
    expect(stdout).toContain('- shop/db 5432/TCP (8080 on the pods): from DaemonSet jobs/batch');
    expect(stdout).toContain('no ingress rule of NetworkPolicy shop/db');
    expect(
      json.causes.map(({ code, subject }: { code: string; subject: { name: string } }) => `${code} ${subject.name}`),
    ).toEqual(['POL501 db']);
  });

  it('is silent about a refactoring', async () => {
    const { exit, stdout, json } = await diff(`-f ${same} --expect none`);
    expect(exit).toBe(0);
    expect(stdout).toContain('SAME  no connection changes');
    expect(json.connections).toEqual([]);
  });

  it('exits by what was expected', async () => {
    expect((await diff(`-f ${narrower} --expect lost`)).exit).toBe(0);
    expect((await diff(`-f ${narrower} --expect any`)).exit).toBe(0);
    expect((await diff(`-f ${narrower} --expect none`)).exit).toBe(1);
  });

  it('reads standard input', async () => {
    expect((await diff('-f - --expect lost', { stdin: onlyShop })).stdout).toContain('changed: NetworkPolicy shop/db');
  });

  it('adds labels to a namespace as apply does, and sees what they open', async () => {
    const labelled = files.write(
      'namespace.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: jobs, labels: {team: other}}\n',
    );
    const { json } = await diff(`-f ${labelled}`);
    expect(json.connections).toEqual([{ from: BATCH, to: DB, change: 'removed', before: TCP, after: [] }]);
    const more = files.write(
      'more.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: jobs, labels: {stage: prod}}\n',
    );
    expect((await diff(`-f ${more} --expect none`)).exit).toBe(0);
  });

  it('judges a workload with other labels by its new template', async () => {
    const relabelled = files.write('db.yaml', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'shop' },
      spec: {
        selector: {},
        template: {
          metadata: { labels: { app: 'database' } },
          spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
        },
      },
    });
    const { json, stdout } = await diff(`-f ${relabelled} --expect none`);
    // No policy selects it any more, and no Service either.
    expect(json.summary.gained).toBeGreaterThan(0);
    expect(json.causes.map(({ code }: { code: string }) => code)).toEqual(['POL503', 'POL502']);
    expect(stdout).toContain('changed: StatefulSet shop/db');
  });

  it('keeps a new workload apart from losses', async () => {
    const added = files.write('new.yaml', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'api', namespace: 'shop' },
      spec: {
        selector: {},
        template: { metadata: { labels: { app: 'api' } }, spec: { containers: [{ name: 'app' }] } },
      },
    });
    const { exit, json } = await diff(`-f ${added}`);
    expect(exit).toBe(0);
    expect(json.newWorkloads).toEqual([{ kind: 'Deployment', namespace: 'shop', name: 'api' }]);
    expect(json.summary.lost).toBe(0);
  });

  it('takes it for no loss that ports are closed on which nobody serves', async () => {
    const webOnly = files.write(
      'web.yaml',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nspec:\n  podSelector: {matchLabels: {app: web}}\n' +
        '  ingress: [{ports: [{port: 8080}]}]\n',
    );
    const { exit, stdout, json } = await diff(`-f ${webOnly}`);
    expect(exit).toBe(0);
    expect(stdout).toContain('traffic is lost only on ports that nobody serves');
    expect(stdout.replace(/\s+/g, ' ')).toContain('DaemonSet shop/web that no container there declares');
    expect([json.summary.lost, json.summary.lostUnserved > 0]).toEqual([0, true]);
    // A refactoring must not even do that.
    expect((await diff(`-f ${webOnly} --expect none`)).exit).toBe(1);
    // A port that a Service sends to is served, declared or not.
    const sends = service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 9000 }] });
    const world = { connect: async () => fakeCluster([...cluster, sends], { namespace: 'shop' }) };
    const run = await runCli(netpol, `diff -f ${webOnly} --cni calico`, { world });
    expect(run.exit).toBe(1);
    expect(run.stdout).toContain('- shop/web 80/TCP (9000 on the pods)');
  });

  it('counts every port of pods that declare none', async () => {
    const quiet = pod('quiet', { namespace: 'shop', labels: { app: 'quiet' } });
    const closing = files.write(
      'quiet.yaml',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: quiet}\nspec: {podSelector: {matchLabels: {app: quiet}}}\n',
    );
    const world = { connect: async () => fakeCluster([...cluster, quiet], { namespace: 'shop' }) };
    expect((await runCli(netpol, `diff -f ${closing} --cni calico`, { world })).exit).toBe(1);
  });

  it('cannot tell what a broken file would do', async () => {
    const broken = files.write('broken.yaml', `${onlyShop}---\nkind: NetworkPolicy\nmetadata: {name: [\n`);
    const { exit, stdout } = await diff(`-f ${broken} --expect any`);
    expect(exit).toBe(3);
    expect(stdout).toContain('broken.yaml:');
  });

  it('says first that nothing enforces policies', async () => {
    const world = { connect: async () => fakeCluster(cluster, { namespace: 'shop' }) };
    const { stdout } = await runCli(netpol, `diff -f ${narrower} --cni flannel`, { world });
    expect(stdout.split('\n')[0]).toMatch(/^LOSES {2}nothing enforces/);
  });
});

describe('diff --delete', () => {
  it('shows what opens, and whose absence it is', async () => {
    const { exit, json } = await diff('--delete networkpolicy/db');
    expect(exit).toBe(0);
    expect(json.connections.every(({ change }: { change: string }) => change !== 'removed')).toBe(true);
    expect((await diff('--delete netpol/shop/db --expect none')).exit).toBe(1);
  });

  it('takes a name alone for that of a NetworkPolicy', async () => {
    const [named, alone] = [await diff('--delete networkpolicy/db'), await diff('--delete db')];
    expect(alone.stdout).toBe(named.stdout);
    expect(alone.stdout).toContain('deleted: NetworkPolicy shop/db');
  });

  it('tells addresses that other policies tell apart as one', async () => {
    const blocks = networkPolicy('web', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }],
    });
    const reader = fakeCluster([...cluster, blocks], { namespace: 'shop' });
    const { stdout } = await runCli(netpol, 'diff --delete db --cni calico', {
      world: { connect: async () => reader },
    });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('any address outside the cluster');
    expect(stdout).not.toContain('203.0.113.0/24');
    expect(stdout).not.toMatch(/and \d+ more/);
  });

  it('teaches on a name or kind that does not exist', async () => {
    const { exit, stderr } = await diff('--delete networkpolicy/bd');
    expect(exit).toBe(2);
    expect(stderr).toContain('there is no NetworkPolicy bd in namespace shop to delete');
    expect(stderr).toContain('Did you mean db');
    expect((await diff('--delete netwrkpolicy/db')).stderr).toContain('networkpolicy');
    expect((await diff('--delete networkpolicy/shop/db/x')).exit).toBe(2);
  });
});

describe('diff of two folders', () => {
  it('compares the second with the first', async () => {
    const [policy] = cluster.slice(-1);
    const narrow = networkPolicy('db', {
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080 }] }],
    });
    for (const [side, own] of [
      ['a', policy],
      ['b', narrow],
    ] as const) {
      files.write(`${side}/app.json`, { apiVersion: 'v1', kind: 'List', items: cluster.slice(0, -1) });
      files.write(`${side}/networkpolicies.json`, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicyList',
        items: [own],
      });
    }
    const { exit, json } = await diff(`${files.path('a')} ${files.path('b')}`);
    expect(exit).toBe(1);
    expect(json.objects).toMatchObject({ created: [], changed: ['NetworkPolicy shop/db'], deleted: [] });
    expect(json.connections).toEqual([{ from: BATCH, to: DB, change: 'removed', before: TCP, after: [] }]);
  });

  it('tells what comes in through an Ingress apart', async () => {
    const labels = '{app: web}';
    const web =
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: ${labels}}\nspec: {containers: [{name: c, image: i}]}\n---\n` +
      `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: ${labels}, ports: [{port: 80}]}\n`;
    const ingress =
      '---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\n' +
      'spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n';
    const before = files.write('without.yaml', web);
    const after = files.write('with.yaml', web + ingress);
    const more = await runCli(netpol, `diff ${before} ${after}`);
    expect([more.exit, more.stderr]).toEqual([0, '']);
    expect(more.stdout).toContain('only paths through Ingress, Route and Gateway objects change');
    expect(more.stdout).toContain('gained: TCP 80 of Pod shop/web');
    const less = await runCli(netpol, `diff ${after} ${before}`);
    expect(less.exit).toBe(1);
    expect(less.stdout).toContain('lost: TCP 80 of Pod shop/web');
    expect(less.stdout).toMatch(/^LOSES {2}Pod shop\/web \(TCP 80\) would lose what comes through Ingress/);
  });

  it('needs two, and no files to apply', async () => {
    expect((await diff('')).exit).toBe(2);
    expect((await diff(`${files.path('a')}`)).stderr).toContain('diff needs files to apply (-f), or two recordings');
    expect((await diff(`-f ${narrower} ${files.path('a')}`)).exit).toBe(2);
    expect((await diff('-f /nowhere.yaml')).exit).toBe(2);
  });
});

describe('diff with rights in one namespace', () => {
  it('says what it could not read, and still finds the loss', async () => {
    const { json, exit } = await diff(`-f ${narrower}`, { onlyNamespace: 'shop' });
    expect(json.notChecked.length).toBeGreaterThan(0);
    expect(exit).toBe(3);
  });
});
