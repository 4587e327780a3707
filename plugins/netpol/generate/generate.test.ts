import { loadAll } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { ClusterError } from '../../../shared/kube/ports.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import { evaluate } from '../../../shared/policy/evaluate/evaluate.ts';
import { buildPolicyModel } from '../../../shared/policy/model.ts';
import { namespace, networkPolicy, pod, service } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { tempFiles } from '../../../shared/testing/temp-files.ts';
import { netpol } from '../plugin.ts';

const files = tempFiles();
afterAll(() => files.remove());

const list = (name: string, items: readonly object[]) =>
  files.write(`facts/${name}`, { apiVersion: 'v1', kind: 'List', items });
list('app.json', [
  namespace('shop'),
  pod('web-1', { labels: { app: 'web', 'pod-template-hash': 'abc' } }),
  pod('db-1', { labels: { app: 'db' }, ports: [{ containerPort: 5432 }] }),
  pod('twin-1', { labels: { app: 'web', copy: 'true' } }),
  service('db', { selector: { app: 'db' }, ports: [{ port: 5433, targetPort: 5432 }] }),
]);
list('policies.json', [networkPolicy('other', { podSelector: { matchLabels: { app: 'none' } } })]);

const generate = (...words: readonly string[]) =>
  runCli(netpol, ['generate', ...words, '--snapshot', files.path('facts'), '-n', 'shop']);

describe('generate', () => {
  it('writes the policy of a flow on the port of the pods, and tells who comes in by the same labels', async () => {
    const { stdout, exit } = await generate('--allow', 'pod/web-1 -> svc/db:5433');
    expect(exit).toBe(0);
    expect(stdout).toContain('port: 5432');
    expect(stdout).not.toContain('pod-template-hash');
    expect(stdout).toContain('#   Pod shop/twin-1 to Pod shop/db-1 on TCP 5432');
  });

  it('says that nothing else passes where that is so', async () => {
    const { stdout } = await generate('--allow', 'pod/twin-1 -> pod/db-1:5432');
    expect(stdout).toContain('# Checked: the flows pass, and nothing else reaches the receivers.');
    expect((await generate('--allow', '198.51.100.0/24 -> pod/db-1:5432')).stdout).toContain('cidr: 198.51.100.0/24');
  });

  it('tells what policies that are there let in beside it, but not one that it replaces', async () => {
    const fromWeb = [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }];
    const forDb = (name: string) =>
      networkPolicy(name, { podSelector: { matchLabels: { app: 'db' } }, ingress: fromWeb });
    const items = [
      pod('web-1', { labels: { app: 'web' } }),
      pod('api-1', { labels: { app: 'api' } }),
      pod('db-1', { labels: { app: 'db' }, ports: [{ containerPort: 5432 }] }),
    ];
    const given = (policy: string) =>
      runCli(netpol, [
        'generate',
        '--allow',
        'pod/api-1 -> pod/db-1:5432',
        '-n',
        'shop',
        '--snapshot',
        files.write(`${policy}.json`, { apiVersion: 'v1', kind: 'List', items: [...items, forDb(policy)] }),
      ]);
    const beside = await given('older');
    expect(beside.exit).toBe(0);
    expect(beside.stdout).toContain(
      '# Checked: the flows pass, and these let nothing else in.\n' +
        '# Policies that are there already let through as well:\n' +
        '#   Pod shop/web-1 to Pod shop/db-1 on every port\n',
    );
    expect((await given('to-db-1')).stdout).toContain('and nothing else reaches the receivers.');
  });

  it('writes address blocks as the API reads them', async () => {
    const { stdout } = await generate('external-cidr', '--cidr', '203.0.113.7/24');
    expect(stdout).toContain('cidr: 203.0.113.0/24');
  });

  it('limits the sender where a flow leads to addresses: nobody there can be told to let it in', async () => {
    const { stdout, exit } = await generate(
      '--allow',
      'pod/web-1 -> 203.0.113.0/24:443',
      '--allow',
      'pod/db-1 -> pod/twin-1:80',
    );
    expect(exit).toBe(0);
    const policies = loadAll(stdout) as readonly NetworkPolicy[];
    expect(policies.map(({ metadata, spec }) => [metadata?.name, spec?.policyTypes])).toEqual([
      ['from-web-1', ['Egress']],
      ['to-twin-1', ['Ingress']],
    ]);
    expect(policies[0]?.spec?.egress?.[0]).toEqual({
      to: [{ ipBlock: { cidr: '203.0.113.0/24' } }],
      ports: [{ protocol: 'TCP', port: 443 }],
    });
    expect(stdout).toContain('k8s-app: kube-dns');
    expect(stdout.replaceAll(/\n# /g, ' ')).toContain('it limits all that Pod shop/web-1 sends');
  });

  it('keeps all flows of a sender of which one leads to addresses', async () => {
    const { stdout } = await generate('--allow', 'pod/twin-1 -> internet:443', '--allow', 'pod/twin-1 -> svc/db:5433');
    const sent = (loadAll(stdout) as readonly NetworkPolicy[]).find(({ metadata }) => metadata?.name === 'from-twin-1');
    expect(sent?.spec?.egress?.map(({ ports }) => ports?.[0]?.port)).toEqual([443, 5432, 53]);
  });

  it('writes one policy where two Services mean the same pods and ports', async () => {
    const items = [
      namespace('shop'),
      pod('db-1', { labels: { app: 'db' }, ports: [{ containerPort: 5432 }] }),
      service('db', { selector: { app: 'db' }, ports: [{ port: 5432 }] }),
      service('db-headless', { selector: { app: 'db' }, clusterIP: 'None', ports: [{ port: 5432 }] }),
    ];
    const world = { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) };
    const { stdout } = await runCli(netpol, 'generate -n shop --snapshot -', world);
    expect((loadAll(stdout) as readonly NetworkPolicy[]).map(({ metadata }) => metadata?.name)).toEqual(['to-db']);
  });

  it('gives templates, and teaches on what is none', async () => {
    expect((await generate('deny-all')).stdout).toContain('name: deny-all-ingress');
    expect((await generate('cross-namespace', '--from-namespace', 'monitoring')).stdout).toContain(
      'kubernetes.io/metadata.name: monitoring',
    );
    expect((await generate('cross-namespace')).exit).toBe(2);
    expect((await generate('nonsense')).stderr).toContain('there is no template nonsense');
    expect((await generate('denyall')).stderr).toContain('Did you mean deny-all');
    expect((await generate('external-cidr', '--cidr', '10.0.0.300/8')).stderr).toContain('is no CIDR block');
    expect((await generate('database', '-l', 'app=db')).stderr).toContain('database needs the labels of its clients');
    expect((await generate('--allow', 'pod/web-1 -> svc/gone:80')).exit).toBe(2);
  });

  it('limits what the senders may send as well, and judges that too', async () => {
    const { stdout, exit } = await generate('--egress', '--allow', 'pod/twin-1 -> pod/db-1:5432');
    expect(exit).toBe(0);
    expect(stdout.replaceAll('\n# ', ' ')).toContain('the senders reach nothing else but DNS');
    const wide = await generate('--egress', '--allow', 'pod/db-1 -> pod/web-1:80');
    expect(wide.stdout).toContain('#   Pod shop/db-1 to Pod shop/twin-1 on TCP 80');
  });

  it('goes by the Services of the namespace where no flow is given, and says what it cannot know', async () => {
    const { stdout, exit } = await generate();
    expect(exit).toBe(0);
    expect(stdout).toContain('# From the Services of namespace shop: who calls them is in no object');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toContain('# Checked: the flows pass, and nothing else reaches the receivers.');
    expect(policies(stdout)).toEqual([
      expect.objectContaining({
        metadata: { name: 'to-db', namespace: 'shop' },
        spec: {
          podSelector: { matchLabels: { app: 'db' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port: 5432 }] }],
        },
      }),
    ]);
  });

  it('lets in everybody where a Service has a port outside, and a controller where an Ingress leads in', async () => {
    const items = [
      namespace('shop'),
      namespace('edge'),
      pod('web-1', { labels: { app: 'web' }, ports: [{ containerPort: 8080 }] }),
      pod('api-1', { labels: { app: 'api' }, ports: [{ containerPort: 8080 }] }),
      pod('proxy', { namespace: 'edge', labels: { 'app.kubernetes.io/name': 'traefik' } }),
      service('web', { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] }),
      service('api', { selector: { app: 'api' }, ports: [{ port: 80, targetPort: 8080 }] }),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'front', namespace: 'shop' },
        spec: { defaultBackend: { service: { name: 'api', port: { number: 80 } } } },
      },
      networkPolicy('other', { podSelector: { matchLabels: { app: 'none' } } }),
    ];
    const file = files.write('edge.json', { apiVersion: 'v1', kind: 'List', items });
    const { stdout } = await runCli(netpol, ['generate', '--snapshot', file, '-n', 'shop']);
    expect(stdout).toContain('Service shop/web has a port outside');
    const peers = policies(stdout).map(({ metadata, spec }) => [
      metadata?.name,
      (spec?.ingress ?? []).flatMap((rule) => rule?.from ?? []).map((peer) => Object.keys(peer ?? {}).join()),
    ]);
    expect(Object.fromEntries(peers)).toEqual({
      'to-web': ['podSelector', 'ipBlock'],
      'to-api': ['podSelector', 'namespaceSelector,podSelector'],
    });
  });

  it('lets in what carries out a route of a Gateway, and the router of OpenShift', async () => {
    const items = [
      namespace('shop'),
      ...['web', 'api'].map((app) => pod(app, { labels: { app }, ports: [{ containerPort: 8080 }] })),
      ...['web', 'api'].map((app) => service(app, { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] })),
      pod('edge-1', { namespace: 'infra', labels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } }),
      pod('router-1', {
        namespace: 'openshift-ingress',
        labels: { 'ingresscontroller.operator.openshift.io/deployment-ingresscontroller': 'default' },
      }),
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'web', namespace: 'shop' },
        spec: {
          parentRefs: [{ name: 'edge', namespace: 'infra' }],
          rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
        },
      },
      {
        apiVersion: 'route.openshift.io/v1',
        kind: 'Route',
        metadata: { name: 'api', namespace: 'shop' },
        spec: { to: { kind: 'Service', name: 'api' } },
      },
      networkPolicy('other', { podSelector: { matchLabels: { app: 'none' } } }),
    ];
    const file = files.write('gateway.json', { apiVersion: 'v1', kind: 'List', items });
    const { stdout } = await runCli(netpol, ['generate', '--snapshot', file, '-n', 'shop']);
    const spaces = policies(stdout).map(({ metadata, spec }) => [
      metadata?.name,
      (spec?.ingress ?? []).flatMap((rule) =>
        (rule?.from ?? []).flatMap((peer) => Object.values(peer?.namespaceSelector?.matchLabels ?? {})),
      ),
    ]);
    expect(Object.fromEntries(spaces)).toEqual({ 'to-web': ['infra'], 'to-api': ['openshift-ingress'] });
  });

  it('lets names be asked where they are answered: at the DNS of OpenShift, and at a cache on the node', async () => {
    const openshift = pod('dns-1', {
      namespace: 'openshift-dns',
      labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
    });
    const cache = pod('cache-1', {
      namespace: 'kube-system',
      labels: { 'k8s-app': 'node-local-dns' },
      spec: { hostNetwork: true },
    });
    const rulesFor = async (more: object) => {
      const items = [namespace('shop'), pod('web', { labels: { app: 'web' } }), more];
      const file = files.write('dns.json', { apiVersion: 'v1', kind: 'List', items });
      const { stdout } = await runCli(netpol, ['generate', 'dns', '--snapshot', file, '-n', 'shop']);
      expect(stdout.replaceAll('\n# ', ' ')).toContain('what the template is for passes, and it lets nothing else');
      return policies(stdout)[0]?.spec?.egress;
    };
    const both = (port: number) => ['UDP', 'TCP'].map((protocol) => ({ protocol, port }));
    expect(await rulesFor(openshift)).toMatchObject([{ ports: both(5353) }]);
    expect(await rulesFor(cache)).toMatchObject([
      { ports: both(53) },
      { to: [{ ipBlock: { cidr: '169.254.20.10/32' } }], ports: both(53) },
    ]);
  });

  it('tells a client that is nobody, takes one of another namespace, and keeps two databases apart', async () => {
    const database = (app: string, from: string) =>
      generate('database', '-l', `app=${app}`, '--from', from, '--port', '5432');
    const { stdout } = await database('db', 'app=gone');
    expect(stdout.replaceAll('\n# ', ' ')).toContain('No pod has app=gone in namespace shop: nobody comes in by it.');
    expect((await database('db', 'app=web')).stdout).not.toContain('No pod has');
    expect(policies((await database('db', 'other:app=web')).stdout)[0]?.spec?.ingress?.[0]?.from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } },
        podSelector: { matchLabels: { app: 'web' } },
      },
    ]);
    const names = policies(stdout + '---\n' + (await database('twin', 'app=web')).stdout).map(
      (one) => one.metadata?.name,
    );
    expect(names).toEqual(['database-db-in', 'database-db-out', 'database-twin-in', 'database-twin-out']);
  });

  it('gives the line that takes it back, or that saves what it would replace', async () => {
    expect((await generate('same-namespace')).stdout).toContain(
      '# Undo:\n#   kubectl delete networkpolicy allow-same-namespace -n shop\n',
    );
    const items = [namespace('shop'), pod('web'), networkPolicy('allow-same-namespace', { podSelector: {} })];
    const file = files.write('replaced.json', { apiVersion: 'v1', kind: 'List', items });
    const { stdout, exit } = await runCli(netpol, ['generate', 'same-namespace', '--snapshot', file, '-n', 'shop']);
    expect(exit).toBe(0);
    expect(stdout).toContain('#   kubectl get networkpolicy allow-same-namespace -n shop -o yaml > before.yaml\n');
  });

  it('gives templates that do what they say, as the engine judges them', async () => {
    const facts = {
      namespaces: [namespace('shop'), namespace('other'), namespace('kube-system')],
      pods: [
        pod('web', { labels: { app: 'web' } }),
        pod('db', { labels: { app: 'db' } }),
        pod('stranger', { namespace: 'other', labels: { app: 'web' } }),
        pod('dns', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }),
      ],
    };
    const open = async (...words: readonly string[]) => {
      const model = buildPolicyModel({ ...facts, networkPolicies: policies((await generate(...words)).stdout) });
      const port = (protocol: 'TCP' | 'UDP', number: number) => ({ protocol, port: number });
      const may = (from: number, to: number, asked = port('TCP', 5432)) => {
        const [a, b] = [facts.pods[from], facts.pods[to]];
        if (a === undefined || b === undefined) throw new Error('no such pod');
        return evaluate(model, { type: 'pod', pod: a }, { type: 'pod', pod: b }, asked).answer;
      };
      return {
        inside: may(0, 1),
        back: may(1, 0),
        stranger: may(2, 1),
        dns: may(1, 3, port('UDP', 53)),
        out: may(1, 2, port('TCP', 443)),
      };
    };
    expect(await open('deny-all')).toEqual({ inside: 'no', back: 'no', stranger: 'no', dns: 'yes', out: 'no' });
    expect(await open('same-namespace')).toEqual({
      inside: 'yes',
      back: 'yes',
      stranger: 'no',
      dns: 'yes',
      out: 'yes',
    });
    expect(await open('cross-namespace', '--from-namespace', 'other')).toMatchObject({ inside: 'no', stranger: 'yes' });
    expect(await open('dns')).toMatchObject({ back: 'no', stranger: 'yes', dns: 'yes', out: 'no' });
    expect(await open('external-cidr', '--cidr', '192.0.2.0/24')).toMatchObject({ back: 'no', dns: 'yes', out: 'no' });
    const database = ['database', '-l', 'app=db', '--from', 'app=web', '--port', '5432'];
    expect(await open(...database)).toEqual({ inside: 'yes', back: 'no', stranger: 'no', dns: 'yes', out: 'no' });
  });

  it.each([
    ['deny-all', '3 pods'],
    ['same-namespace', '3 pods'],
    ['cross-namespace --from-namespace shop', '3 pods'],
    ['database -l app=db --from app=web --port 5432', '1 pod'],
    ['external-cidr --cidr 10.0.0.0/8', '3 pods'],
    ['dns', '3 pods'],
  ])('judges the template %s before it is printed', async (words, pods) => {
    const { stdout, exit } = await generate(...words.split(' '));
    expect(exit).toBe(0);
    expect(stdout.replaceAll('\n# ', ' ')).toContain(
      `# Checked for ${pods} of namespace shop: what the template is for passes, and it lets nothing else through.`,
    );
    // A line to paste is never broken.
    const told = stdout.split('\n').filter((line) => line.startsWith('#') && !line.startsWith('#   kubectl'));
    expect(told.filter((line) => line.length > 80)).toEqual([]);
  });

  it('gives a template without a cluster too, and says that it was not judged', async () => {
    const connect = async () => {
      throw new ClusterError('unreachable', 'nothing answers at 192.0.2.1:6443', 'Is it running?');
    };
    const { stdout, exit } = await runCli(netpol, 'generate deny-all -n shop', { world: { connect } });
    expect(exit).toBe(3);
    expect(stdout).toContain('# Not checked: nothing answers at 192.0.2.1:6443');
    expect(stdout).toContain('name: deny-all-ingress');
  });

  it('says what policies that are there do beside a template, and when it means no pod', async () => {
    const facts = [
      namespace('shop'),
      pod('web-1', { labels: { app: 'web' } }),
      pod('db-1', { labels: { app: 'db' } }),
      pod('ops-1', { labels: { app: 'ops' } }),
      networkPolicy('web-out', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] }),
      networkPolicy('ops-in', {
        podSelector: { matchLabels: { app: 'db' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'ops' } } }], ports: [{ port: 22 }] }],
      }),
    ];
    const file = files.write('beside.json', { apiVersion: 'v1', kind: 'List', items: facts });
    const ask = (label: string) =>
      runCli(
        netpol,
        `generate database -l app=${label} --from app=web --port 5432 --snapshot ${file} -n shop`.split(' '),
      );
    const { stdout, exit } = await ask('db');
    expect(exit).toBe(1);
    expect(stdout).toContain('still closed, by other policies:\n#   Pod shop/web-1 to Pod shop/db-1 on TCP 5432');
    expect(stdout).toMatch(/already let through as well:\n# {3}Pod shop\/ops-1 to Pod shop\/db-1 on TCP 22/);
    expect((await ask('gone')).stdout).toContain('# No pod of namespace shop is meant now');
  });

  it('is a List as JSON, with the notes on standard error', async () => {
    const { stdout, stderr } = await generate('deny-all', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'List', items: [{ kind: 'NetworkPolicy' }, {}, {}] });
    expect(stderr).toContain('# Checked for 3 pods of namespace shop');
  });
});

function policies(text: string): readonly NetworkPolicy[] {
  return loadAll(text) as readonly NetworkPolicy[];
}
