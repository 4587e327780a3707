import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import reportSchema from '../../../shared/report/report.schema.json' with { type: 'json' };
import { pod, snapshotOf } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import matrixSchema from '../matrix.schema.json' with { type: 'json' };
import { netpol } from '../plugin.ts';
import { askManifests } from '../testing/ask-manifests.ts';
import { SHOP } from '../testing/shop.ts';

const ask = (line: string, manifests = SHOP) => askManifests(manifests, line);
const ajv = new Ajv2020({ strict: true, strictRequired: false });
ajv.addSchema(reportSchema);
const validate = ajv.compile(matrixSchema);

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const api = { kind: 'Deployment', namespace: 'shop', name: 'api' };
const db = { kind: 'Deployment', namespace: 'data', name: 'db' };

describe('matrix -o json', () => {
  it('has a row for each pair that may talk, and fits its schema', async () => {
    const { stdout } = await ask('matrix -o json');
    const value = JSON.parse(stdout);
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    expect(value.connections).toContainEqual({
      from: web,
      to: api,
      ports: [{ protocol: 'TCP', from: 8080, to: 8080 }],
    });
    expect(value.connections).toContainEqual({ from: db, to: web, ports: 'all' });
    expect(value.connections).toContainEqual({ from: web, to: { cidr: '0.0.0.0/0' }, ports: 'all' });
    const pairs = value.connections.map(({ from, to }: { from: object; to: object }) => [from, to]);
    expect(pairs).not.toContainEqual([web, db]);
    expect(pairs.filter(([from, to]: [object, object]) => JSON.stringify(from) === JSON.stringify(to))).toEqual([]);
  });

  it('takes a field that is null for one that is absent', async () => {
    const policy = (kind: string, version: string, spec: string): string =>
      `---\napiVersion: ${version}\nkind: ${kind}\nmetadata: {name: p, namespace: shop}\nspec: ${spec}\n`;
    const manifests =
      SHOP +
      policy(
        'NetworkPolicy',
        'networking.k8s.io/v1',
        '{podSelector: null, ingress: [{ports: [{port: 81, protocol: null}]}]}',
      ) +
      policy(
        'AdminNetworkPolicy',
        'policy.networking.k8s.io/v1alpha1',
        '{priority: 1, subject: {namespaces: {}, pods: null}, egress: null, ingress: [{action: Deny, name: null, from: [{namespaces: {}}], ports: [{portNumber: {port: 82, protocol: null}}]}]}',
      );
    const run = await ask('matrix -o json', manifests);
    expect(run.stderr).toBe('');
    const { connections } = JSON.parse(run.stdout) as { connections: { from: object; to: object; ports: unknown }[] };
    const ports = (to: object) =>
      connections.find((row) => JSON.stringify([row.from, row.to]) === JSON.stringify([db, to]))?.ports;
    expect(ports(web)).toEqual([{ protocol: 'TCP', from: 81, to: 81 }]);
  });

  it('says that there is no pod to ask about, or no such namespace, and takes no name', async () => {
    expect(await ask('matrix -n shopp')).toMatchObject({
      exit: 3,
      stderr: 'error: there is no namespace shopp; nearest: shop\n',
    });
    for (const command of ['graph', 'policies', 'generate']) {
      expect((await ask(`${command} -n shopp`)).stderr).toContain('there is no namespace shopp; nearest: shop');
    }
    // A template may be for a namespace that is made later.
    const template = await ask('generate deny-all -n shopp');
    expect(template).toMatchObject({ exit: 0, stderr: '' });
    expect(template.stdout).toContain('nothing to check: there\n# is no namespace shopp; nearest: shop.');
    // Without an object of its own a namespace is there by what is in it.
    const inside = SHOP.replace(/^.*?(?=---)/s, '');
    expect((await ask('matrix -n shop', inside)).stderr).toBe('');
    for (const command of ['matrix', 'graph']) {
      expect(await ask(`${command} shop`)).toMatchObject({
        exit: 2,
        stderr: `error: ${command} takes no name: shop\nOf one namespace: kubectl netpol ${command} -n shop\n`,
      });
    }
    const policy =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {}\n';
    expect((await ask('matrix', policy)).stdout).toContain('There is no pod to ask about.');
  });

  it('says in every form that nothing enforces what it shows', async () => {
    const words = 'nothing enforces network policy here, so what policies deny passes all the same.';
    for (const format of ['table', 'wide', 'markdown', 'html', 'json', 'yaml']) {
      const { stdout, stderr } = await ask(`matrix --cni none -o ${format}`);
      expect(stdout.replaceAll(/\s+/g, ' '), format).toContain(`${words} By the policies: connections of`);
      expect(stderr).toBe('');
    }
    const beside = ['matrix -o csv', 'matrix -o svg', 'matrix -o dot', 'graph', 'graph -o mermaid', 'graph -o svg'];
    for (const line of beside) {
      expect((await ask(`${line} --cni none`)).stderr.replaceAll(/\s+/g, ' '), line).toContain(words);
      expect((await ask(line)).stderr, line).toBe('');
      expect((await ask(`${line} --cni calico`)).stderr, line).toBe('');
    }
  });

  it('is the same value as -o yaml', async () => {
    const json = JSON.parse((await ask('matrix -o json')).stdout);
    expect(load((await ask('matrix -o yaml')).stdout)).toEqual(json);
  });

  it('keeps what is not decided apart', async () => {
    const host = SHOP.replace('containers: [{name: app', 'hostNetwork: true, containers: [{name: app');
    const flow = host.replace(
      'spec:\n      hostNetwork: true, containers',
      'spec:\n      hostNetwork: true\n      containers',
    );
    const value = JSON.parse((await ask('matrix -o json', flow)).stdout);
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    expect(value.undecided).toContainEqual({ from: web, to: api, ports: [{ protocol: 'TCP', from: 8080, to: 8080 }] });
    expect(value.connections.map(({ to }: { to: object }) => to)).not.toContainEqual(api);
  });

  it('says of a policy in manifests that an API server would refuse it', async () => {
    const wrong = JSON.parse((await ask('matrix -o json', SHOP.replace('{port: http}', '{port: 0}'))).stdout);
    expect(wrong.notChecked).toContainEqual({
      check: 'policies',
      reason: expect.stringMatching(
        /:\d+: NetworkPolicy shop\/api-in, ingress rule 1: port 0 .+; the API server refuses/,
      ),
    });
    expect(JSON.parse((await ask('matrix -o json')).stdout).notChecked).toEqual([]);
  });

  it('cuts the addresses outside no finer than each pod needs it', async () => {
    const block = SHOP.replace('[{podSelector: {}}]', '[{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]');
    const { connections } = JSON.parse((await ask('matrix -o json', block)).stdout);
    const rows = (connections as readonly { from: object; to: object; ports: unknown }[]).filter(
      ({ from, to }) => 'cidr' in from || 'cidr' in to,
    );
    const text = ({ from, to, ports }: (typeof rows)[number]): string =>
      [from, to].map((end) => ('cidr' in end ? end.cidr : (end as { name: string }).name)).join(' > ') +
      (ports === 'all' ? '' : ` ${JSON.stringify(ports)}`);
    const http = ' [{"protocol":"TCP","from":8080,"to":8080}]';
    expect(rows.map(text).filter((row) => row.includes('> api'))).toEqual(
      [
        '10.0.0.0/16',
        '10.2.0.0/15',
        '10.4.0.0/14',
        '10.8.0.0/13',
        '10.16.0.0/12',
        '10.32.0.0/11',
        '10.64.0.0/10',
        '10.128.0.0/9',
      ].map((cidr) => `${cidr} > api${http}`),
    );
    expect(rows.map(text).filter((row) => row.includes('web'))).toEqual([
      'web > 0.0.0.0/0',
      'web > ::/0',
      '0.0.0.0/0 > web',
      '::/0 > web',
    ]);
    const csv = (await ask('matrix -o csv', block)).stdout;
    expect(csv.match(/^CIDR,.*,web,.*$/gm)).toEqual([
      'CIDR,,0.0.0.0/0,Deployment,shop,web,every port,allowed',
      'CIDR,,::/0,Deployment,shop,web,every port,allowed',
    ]);
  });

  it('knows whom a network of its own keeps apart', async () => {
    const own = SHOP.replace(
      'metadata: {name: shop}',
      'metadata: {name: shop, labels: {k8s.ovn.org/primary-user-defined-network: ""}}',
    );
    const value = JSON.parse((await ask('matrix -o json', own)).stdout);
    const has = (list: readonly { from: object; to: object }[], from: object, to: object) =>
      list.some((row) => JSON.stringify([row.from, row.to]) === JSON.stringify([from, to]));
    expect([has(value.connections, db, web), has(value.undecided, db, web)]).toEqual([false, false]);
    expect([has(value.connections, web, api), has(value.undecided, web, api)]).toEqual([true, false]);
    expect([has(value.connections, web, db), has(value.undecided, web, db)]).toEqual([false, false]);
    expect(has(value.connections, web, { cidr: '0.0.0.0/0' })).toBe(true);
    expect(value.headline).toContain('under 2 policies');
    expect((await ask('policies -A', own)).stdout).toContain('2 policies in all namespaces');
    const who = (await ask('shop/web', own)).stdout.replaceAll(/\s+/g, ' ');
    expect(who).toContain('1 pod and addresses outside the cluster can reach Deployment shop/web');
    const denied = (await ask('shop/web --denied', own)).stdout.replaceAll(/\s+/g, ' ');
    expect(denied).toContain('denied by the user-defined network of namespace shop Deployment data/db');
  });

  it('puts the pods of one workload together, and tells what only some of them may', async () => {
    const owner = { ownerReferences: [{ kind: 'ReplicaSet', name: 'web', controller: true }] };
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'v1-only', namespace: 'shop' },
      spec: {
        podSelector: { matchLabels: { app: 'api' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { version: 'v1' } } }], ports: [{ port: 80 }] }],
      },
    };
    const snapshot = snapshotOf([
      pod('web-1', { labels: { app: 'web', version: 'v1' }, meta: owner }),
      pod('web-2', { labels: { app: 'web', version: 'v2' }, meta: owner }),
      pod('api-1', { labels: { app: 'api' } }),
      policy,
    ]);
    const run = await runCli(netpol, 'matrix -o json --snapshot x', { world: { readSnapshots: async () => snapshot } });
    const { connections } = JSON.parse(run.stdout);
    expect(connections).toContainEqual({
      from: { kind: 'ReplicaSet', namespace: 'shop', name: 'web' },
      to: { kind: 'Pod', namespace: 'shop', name: 'api-1' },
      ports: [{ protocol: 'TCP', from: 80, to: 80 }],
      portsOfAllPods: [],
    });
  });

  it('tells by namespace and by class, and of one namespace only', async () => {
    const spaces = JSON.parse((await ask('matrix --by namespace -o json')).stdout);
    expect(spaces.connections).toContainEqual({
      from: { kind: 'Namespace', name: 'data' },
      to: { kind: 'Namespace', name: 'shop' },
      ports: 'all',
      portsOfAllPods: [],
    });
    expect(JSON.parse((await ask('matrix --by class -o json')).stdout).headline).toContain('3 classes of pods');
    const { connections } = JSON.parse((await ask('matrix -n data -o json')).stdout);
    expect(connections.map(({ from, to }: { from: object; to: object }) => [from, to])).not.toContainEqual([web, api]);
  });
});

describe('forms of the matrix', () => {
  it('folds rows for people, within 80 columns', async () => {
    const { stdout } = await ask('matrix');
    expect(stdout).toMatch(/Deployment shop\/web\n {2}to {2}TCP 8080: Deployment shop\/api/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('puts parts of the address space together where nothing tells them apart', async () => {
    const parts = SHOP.replace(
      /- namespaceSelector:.*\n.*/,
      '- ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n        - ipBlock: {cidr: 2001:db8::/32}',
    );
    const { stdout } = await ask('matrix', parts);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /to every port: (Deployment \S+ and )?any address outside the cluster /,
    );
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect((await ask('matrix -o markdown', parts)).stdout).toMatch(
      /^_kubectl netpol matrix, snapshot standard input_$/m,
    );
  });

  it('is a line a pair as CSV', async () => {
    const lines = (await ask('matrix -o csv')).stdout.split('\n');
    expect(lines[0]).toBe('from_kind,from_namespace,from_name,to_kind,to_namespace,to_name,ports,answer');
    expect(lines).toContain('Deployment,shop,web,Deployment,shop,api,TCP 8080,allowed');
    expect(lines).toContain('Deployment,shop,web,CIDR,,0.0.0.0/0,every port,allowed');
  });

  it.each(['dot', 'mermaid'])('draws arrows as %s, in frames for namespaces', async (format) => {
    const { stdout } = await ask(`graph -o ${format}`);
    expect(stdout).toContain('subgraph');
    expect(stdout).toMatch(/n\d+ --?>/);
    expect(stdout).toContain('TCP 8080');
    expect((await ask(`matrix -o ${format}`)).stdout).toBe(stdout);
  });

  it('draws pictures that need no other file', async () => {
    for (const command of ['matrix -o svg', 'graph -o svg']) {
      const { stdout } = await ask(command);
      expect(stdout).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(stdout).toContain('<title>Deployment shop/web to Deployment shop/api: TCP 8080</title>');
      expect(stdout).not.toMatch(/href|src=/);
    }
  });

  it('draws the beginning of a long name, and has all of it in the title', async () => {
    const blocks = SHOP.replace(
      '[{podSelector: {}}]',
      '[{ipBlock: {cidr: 203.0.113.0/24}}, {ipBlock: {cidr: 2001:db8::/32}}]',
    );
    const { stdout } = await ask('graph -o svg', blocks);
    expect(stdout).toContain(
      '>any address outside the cluster but 203…<title>any address outside the cluster but 203.0.113.0/24 and 2001:db8::/32</title></text>',
    );
  });

  it('is a page with a filter, and no name can end its script', async () => {
    const { stdout } = await ask('matrix -o html', SHOP.replaceAll('team: data', 'team: "</script><b>"'));
    expect(stdout).toContain('type="search"');
    expect(stdout).not.toMatch(/src=|href=/);
    expect(stdout.match(/<\/script>/g)?.length).toBe(2);
  });
});
