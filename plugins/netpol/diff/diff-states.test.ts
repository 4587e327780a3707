import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { tempFiles } from '../../../shared/testing/temp-files.ts';
import { netpol } from '../plugin.ts';

const files = tempFiles();
afterAll(() => files.remove());

const deployment = (name: string, label: string, more = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${label}}}
  template:
    metadata: {labels: {app: ${label}}}
    spec: {${more}containers: [{name: app, image: i, ports: [{containerPort: 8080}]}]}
`;
const service = (label: string) => `---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: ${label}}, ports: [{port: 80, targetPort: 8080}]}
`;
const policy = (spec: string) => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: ${spec}
`;
const ONLY_WEB =
  '{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}';
const SHOP = `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n${deployment('web', 'web')}${deployment('db', 'db')}`;
const base = files.write('base.yaml', SHOP + service('db') + policy(ONLY_WEB));

async function diff(line: string, after?: string, before = base) {
  const file = after === undefined ? '' : `-f ${files.write('after.yaml', after)}`;
  const words = `diff ${file} ${line} --snapshot ${before}`;
  const { exit, stdout, stderr } = await runCli(netpol, words);
  const json = exit === 2 ? undefined : JSON.parse((await runCli(netpol, `${words} -o json`)).stdout);
  const codes: string[] = json?.causes.map(({ code }: { code: string }) => code) ?? [];
  return { exit, stdout: stdout.replaceAll(/\s+/g, ' '), stderr, json, codes };
}

describe('diff of Services whose pods go', () => {
  it('tells that labels no longer agree, though no policy has a hand in it', async () => {
    for (const after of [deployment('db', 'database'), service('database')]) {
      const { exit, stdout, codes } = await diff('', after);
      expect([exit, codes]).toEqual([1, ['POL503']]);
      expect(stdout).toMatch(/^LOSES Service shop\/db would lead to no pod/);
      expect(stdout).toMatch(/- shop\/db: no pod would have its labels app=(db|database)/);
    }
    expect((await diff('--expect lost', service('database'))).exit).toBe(0);
  });

  it('is silent where selector and labels change together', async () => {
    const { codes } = await diff('', deployment('db', 'database') + service('database'));
    expect(codes).toEqual([]);
  });
});

describe('diff of what comes and goes', () => {
  it('takes a workload that was renamed for a change where none is expected', async () => {
    const { exit, codes, json } = await diff('--delete deploy/shop/web --expect none', deployment('web-2', 'web'));
    expect([exit, codes]).toEqual([1, ['POL504', 'POL504']]);
    expect([json.goneWorkloads[0].name, json.newWorkloads[0].name]).toEqual(['web', 'web-2']);
    expect((await diff('--delete deploy/shop/web', deployment('web-2', 'web'))).exit).toBe(0);
  });

  it('takes all that is in a deleted namespace away with it', async () => {
    const { json } = await diff('--delete namespace/shop --expect any');
    expect(json.goneWorkloads).toHaveLength(2);
    expect(json.connections.every(({ after }: { after: unknown[] }) => after.length === 0)).toBe(true);
  });

  it('teaches on an object that the files do not hold', async () => {
    const none = files.write('none.yaml', SHOP);
    const { exit, stderr } = await diff('--delete networkpolicy/shop/db', undefined, none);
    expect([exit, stderr]).toEqual([2, 'error: there is no NetworkPolicy db in namespace shop to delete\n']);
  });
});

describe('diff of objects that say the same', () => {
  it('counts workloads and Services as unchanged that a cluster holds with its defaults, and keeps their pods', async () => {
    const held = `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, uid: n}\n---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop, uid: d, labels: {by: other}}
spec:
  replicas: 1
  strategy: {type: RollingUpdate}
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {dnsPolicy: ClusterFirst, containers: [{name: app, ports: [{containerPort: 8080, protocol: TCP}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop, uid: s}
spec: {clusterIP: 10.96.0.9, selector: {app: db}, ports: [{port: 80, targetPort: 8080, protocol: TCP, nodePort: 30080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, uid: p, labels: {app: db}, ownerReferences: [{kind: Deployment, name: db, controller: true}]}
spec: {containers: [{name: app, ports: [{containerPort: 8080, protocol: TCP}]}]}
status: {phase: Running, podIP: 10.0.0.5}
${policy('{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24}}]}]}').replace('name: db', 'name: db, uid: q')}`;
    const live = files.write('held.yaml', held);
    const { json } = await diff('', deployment('db', 'db') + service('db'), live);
    expect(json.objects).toEqual({ created: [], changed: [], deleted: [], unchanged: 2 });
    expect([json.connections, json.undecided]).toEqual([[], []]);
    for (const after of [
      deployment('db', 'db', 'hostNetwork: true, '),
      service('db').replace('80,', '81,'),
      service('x'),
    ]) {
      expect((await diff('', after, live)).json.objects.changed, after).toHaveLength(1);
    }
  });

  it('counts them as unchanged in another order and with what a server adds', async () => {
    const spec =
      '{policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{protocol: TCP, port: 1}]}], ' +
      'podSelector: {matchLabels: {app: db}}}';
    const before = files.write('ports.yaml', SHOP + policy(ONLY_WEB.replace('}}}]}]}', '}}}], ports: [{port: 1}]}]}')));
    const { json } = await diff('--expect none', policy(spec), before);
    expect(json.objects).toEqual({ created: [], changed: [], deleted: [], unchanged: 1 });
  });
});

it('cuts the addresses outside no finer than what becomes of each pod needs', async () => {
  const block = '{ipBlock: {cidr: 10.0.0.0/9}}';
  const after =
    policy(ONLY_WEB) +
    policy(`{podSelector: {matchLabels: {app: web}}, ingress: [{from: [${block}]}]}`).replace('name: db', 'name: web') +
    policy('{podSelector: {matchLabels: {app: other}}, ingress: []}').replace('name: db', 'name: other') +
    deployment('other', 'other');
  const { json } = await diff('', after, files.write('other.yaml', SHOP + deployment('other', 'other')));
  const rows = (json.connections as readonly Record<'from' | 'to', { name?: string; cidr?: string }>[]).flatMap(
    ({ from, to }) => (from.cidr === undefined ? [] : [`${from.cidr} ${to.name}`]),
  );
  expect(rows.filter((row) => row.endsWith('other'))).toEqual(['0.0.0.0/0 other', '::/0 other']);
  expect(rows.filter((row) => row.endsWith('db'))).toEqual(['0.0.0.0/0 db', '::/0 db']);
  expect(rows.filter((row) => row.endsWith('web') && row.startsWith('10.'))).toEqual(['10.128.0.0/9 web']);
});

describe('diff of what is not sure', () => {
  const calico =
    '---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: c, namespace: shop}\n' +
    'spec: {selector: "app == \'db\'", types: [Ingress], ingress: [{action: Deny}]}\n';
  const toPods =
    '{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 8080}]}]}';

  it('keeps pairs that may change apart from those that do', async () => {
    const { exit, stdout, json } = await diff('', calico);
    expect(exit).toBe(3);
    expect(stdout).toMatch(/^UNSURE for 1 receiver it is not decided/);
    expect(json.connections).toEqual([]);
    expect(json.undecided).toContainEqual({
      from: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      to: { kind: 'Deployment', namespace: 'shop', name: 'db' },
      change: 'undecided',
      before: 'all',
      after: [],
      afterUndecided: 'all',
    });
  });

  it('tells that what may have passed is closed, and is no gain for those who expect one', async () => {
    const open = files.write('block.yaml', SHOP + policy(toPods));
    const closed = await diff('', policy('{podSelector: {matchLabels: {app: db}}, ingress: []}'), open);
    expect(closed.stdout).toContain('May be lost, not decided Deployment shop/db - TCP 8080 from Deployment shop/web');
    const shut = files.write('closed.yaml', SHOP + policy('{podSelector: {matchLabels: {app: db}}, ingress: []}'));
    expect((await diff('', policy(toPods), shut)).exit).toBe(0);
    expect((await diff('--expect lost', policy(toPods), shut)).exit).toBe(1);
  });

  it('tells a path of a controller that a rule for one namespace leaves open to doubt', async () => {
    const ingress =
      '---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: db, namespace: shop}\n' +
      'spec: {defaultBackend: {service: {name: db, port: {number: 80}}}}\n';
    const from = (selector: string) =>
      policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: ${selector}}]}]}`);
    const before = files.write('ways.yaml', SHOP + service('db') + ingress + from('{}'));
    const { stdout } = await diff('', from('{matchLabels: {kubernetes.io/metadata.name: shop}}'), before);
    expect(stdout).toContain('may be lost, where the policies mean another namespace than the controller’s: TCP 8080');
  });

  it('says so before anything else where a policy would be refused', async () => {
    const { exit, stdout } = await diff('', policy(ONLY_WEB.replace('}}}]}]}', '}}}], ports: [{port: 70000}]}]}')));
    expect(exit).toBe(3);
    expect(stdout).toMatch(/^UNSURE what the change would do is not sure: a policy would not be in force/);
  });
});
