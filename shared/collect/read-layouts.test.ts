import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Snapshot, seen } from '../model/snapshot.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { type TempFiles, tempFiles } from '../testing/temp-files.ts';
import { readSnapshots } from './read-snapshot.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const read = (...paths: string[]): Promise<Snapshot> => readSnapshots(paths, fakeRuntime({ cwd: files.folder }));

const meta = (namespace: string, name: string): object => ({
  metadata: { name, namespace, uid: `${namespace}-${name}` },
});
const typed = (kind: string, items: object[], apiVersion = 'v1'): object => ({
  kind: `${kind}List`,
  apiVersion,
  metadata: {},
  items,
});
const withContainer = (namespace: string, name: string, container: string): object => ({
  ...meta(namespace, name),
  spec: { containers: [{ name: container }] },
});

describe('kubectl cluster-info dump', () => {
  const round = (pods: object[], services: object[]): object[] => [
    typed('Event', []),
    typed('ReplicationController', []),
    typed('Service', services),
    typed('DaemonSet', [], 'apps/v1'),
    typed('Deployment', [], 'apps/v1'),
    typed('ReplicaSet', [], 'apps/v1'),
    typed('Pod', pods),
  ];
  const dump = [
    typed('Node', [{ metadata: { name: 'n1' } }]),
    ...round([withContainer('kube-system', 'coredns-1', 'coredns')], [meta('kube-system', 'kube-dns')]),
    ...round([], [meta('shop', 'web')]),
    ...round([], []),
  ].map((value) => JSON.stringify(value, null, 4));
  const log = (text: string): string =>
    `==== START logs for container coredns of pod kube-system/coredns-1 ====\n${text}==== END logs for container coredns of pod kube-system/coredns-1 ====\n`;

  it('printed in one stream: empty lists belong to the namespace of their round', async () => {
    const text = `${dump.join('\n')}\n${log('[INFO] plugin/ready\n{"level":"error"}\n')}`;
    const snapshot = await readSnapshots(['-'], fakeRuntime({ stdin: text }));
    expect(snapshot.problems).toEqual([]);
    expect(seen(snapshot, 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(snapshot, 'Deployment', 'kube-system')).toMatchObject({ status: 'ok' });
    expect(seen(snapshot, 'Pod', 'elsewhere').status).toBe('notCollected');
    expect(seen(snapshot, 'EndpointSlice', 'shop').status).toBe('notCollected');
    expect(snapshot.logs).toEqual([
      {
        namespace: 'kube-system',
        pod: 'coredns-1',
        container: 'coredns',
        previous: false,
        text: '[INFO] plugin/ready\n{"level":"error"}\n',
      },
    ]);
    expect(snapshot.objects.Pod?.[0]).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
  });

  it('printed with logs between the lists, and with the last log cut off', async () => {
    const text = `${dump[0]}\n${log('a\n')}${dump.slice(1).join('\n')}\n==== START logs for container c of pod shop/web-1 ====\nlast words`;
    const snapshot = await readSnapshots(['-'], fakeRuntime({ stdin: text }));
    expect(snapshot.problems).toEqual([]);
    expect(snapshot.objects.Service).toHaveLength(2);
    expect(snapshot.logs.map((entry) => `${entry.pod} ${entry.text.trim()}`)).toEqual([
      'coredns-1 a',
      'web-1 last words',
    ]);
  });

  it('with logs that do not end in a line break, and with errors in place of logs', async () => {
    const section = (container: string, body: string): string =>
      `==== START logs for container ${container} of pod shop/web-1 ====\n${body}==== END logs for container ${container} of pod shop/web-1 ====\n`;
    const text = `${dump[0]}\n${section('a', 'no line break')}${section('b', 'Request log error: container "b" is waiting\n')}${section('c', '')}`;
    const snapshot = await readSnapshots(['-'], fakeRuntime({ stdin: text }));
    expect(snapshot.logs.map((log) => [log.container, log.text])).toEqual([['a', 'no line break']]);
    expect(snapshot.problems).toEqual([]);
  });

  it('as YAML', async () => {
    const text = `apiVersion: v1\nitems:\n- metadata:\n    name: web\n    namespace: shop\nkind: ServiceList\n---\n${log('x\n')}apiVersion: v1\nitems: []\nkind: PodList\n`;
    const snapshot = await readSnapshots(['-'], fakeRuntime({ stdin: text }));
    expect(snapshot.objects.Service).toHaveLength(1);
    expect(snapshot.logs).toHaveLength(1);
    expect(snapshot.problems).toEqual([]);
  });

  it('written into a folder', async () => {
    files.write('dump/nodes.json', typed('Node', [{ metadata: { name: 'n1' } }]));
    for (const namespace of ['kube-system', 'shop']) {
      files.write(`dump/${namespace}/services.json`, typed('Service', [meta(namespace, 's')]));
      files.write(`dump/${namespace}/replication-controllers.json`, typed('ReplicationController', []));
    }
    files.write('dump/kube-system/pods.json', typed('Pod', [withContainer('kube-system', 'coredns-1', 'coredns')]));
    files.write('dump/shop/pods.json', typed('Pod', []));
    files.write('dump/kube-system/coredns-1/logs.txt', log('hello\n'));
    files.write('dump/kube-system/other/logs.txt', '');
    const snapshot = await read('dump');
    expect(seen(snapshot, 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(snapshot, 'ReplicationController', 'shop').status).toBe('ok');
    expect(seen(snapshot, 'Node', '*').status).toBe('ok');
    expect(snapshot.logs.map((entry) => entry.text)).toEqual(['hello\n']);
  });
});

describe('must-gather', () => {
  it('proves per namespace what it lists, and never the whole cluster', async () => {
    const base = 'gather/quay-io-image/namespaces';
    for (const namespace of ['shop', 'web']) {
      files.write(
        `${base}/${namespace}/core/services.yaml`,
        `---\n${JSON.stringify(typed('Service', [meta(namespace, 's')]))}`,
      );
      files.write(`${base}/${namespace}/core/pods.yaml`, '---\napiVersion: v1\nitems: []\nkind: PodList\n');
      files.write(
        `${base}/${namespace}/${namespace}.yaml`,
        `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace}, uid: u}\n`,
      );
    }
    files.write(`${base}/shop/discovery.k8s.io/endpointslices.yaml`, 'apiVersion: v1\nitems: []\nkind: List\n');
    files.write(`${base}/shop/route.openshift.io/routes.yaml`, 'apiVersion: v1\nitems: []\nkind: List\n');
    files.write(
      'gather/quay-io-image/cluster-scoped-resources/core/nodes/n1.yaml',
      'apiVersion: v1\nkind: Node\nmetadata: {name: n1, uid: n}\n',
    );
    files.write(
      'gather/quay-io-image/cluster-scoped-resources/config.openshift.io/ingresses.yaml',
      'apiVersion: config.openshift.io/v1\nitems: []\nkind: IngressList\n',
    );
    files.write(
      'gather/timestamp',
      '2021-09-13 17:31:10.219 +0200 CEST m=+1.3\n2021-09-13 17:34:43.222 +0200 CEST m=+214\n',
    );
    files.write('gather/quay-io-image/version', 'openshift/must-gather\n4.8\n');
    files.write(`${base}/shop/pods/web-1/app/app/logs/current.log`, 'now\n');
    files.write(`${base}/shop/pods/web-1/app/app/logs/previous.log`, 'before\n');
    files.write(`${base}/shop/pods/web-1/app/app/logs/previous.insecure.log`, 'refused');
    const snapshot = await read('gather');
    expect(seen(snapshot, 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(snapshot, 'Pod', '*').status).toBe('notCollected');
    expect(seen(snapshot, 'EndpointSlice', 'shop').status).toBe('ok');
    expect(seen(snapshot, 'EndpointSlice', 'web').status).toBe('notCollected');
    expect(seen(snapshot, 'Route', 'shop').status).toBe('ok');
    expect(seen(snapshot, 'Ingress', 'shop').status).toBe('notCollected');
    expect(seen(snapshot, 'Node', '*')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(snapshot, 'Namespace', '*').whole).toBe(false);
    expect(snapshot.takenAt).toBe('2021-09-13T15:34:43.000Z');
    expect(snapshot.logs.map(({ pod, container, previous, text }) => [pod, container, previous, text])).toEqual([
      ['web-1', 'app', false, 'now\n'],
      ['web-1', 'app', true, 'before\n'],
    ]);
    expect(snapshot.problems).toEqual([]);
  });
});

describe('support bundle', () => {
  it('reads lists by namespace, arrays without kinds, errors, versions and logs', async () => {
    const base = 'bundle/cluster-resources';
    files.write('bundle/cluster-info/cluster_version.json', {
      info: { gitVersion: 'v1.24.4+k3s1' },
      string: 'v1.24.4+k3s1',
    });
    files.write(`${base}/services/shop.json`, typed('Service', [meta('shop', 'web')]));
    files.write(`${base}/services/web.json`, typed('Service', []));
    files.write(`${base}/services/kube-system.json`, 'null');
    files.write(`${base}/pods/shop.json`, [withContainer('shop', 'web-1', 'app')]);
    files.write(`${base}/network-policy/shop.json`, typed('NetworkPolicy', [], 'networking.k8s.io/v1'));
    files.write(`${base}/ingress-errors.json`, {
      shop: 'ingresses.networking.k8s.io is forbidden: User "x" cannot list resource',
    });
    files.write(`${base}/deployments-errors.json`, ['the server was unable to return a response in time']);
    files.write(`${base}/nodes.json`, typed('Node', [{ metadata: { name: 'n1' } }]));
    files.write(
      `${base}/namespaces.json`,
      typed(
        'Namespace',
        ['shop', 'web', 'kube-system'].map((name) => ({ metadata: { name } })),
      ),
    );
    files.write(
      `${base}/custom-resources/ciliumnetworkpolicies.cilium.io/shop.yaml`,
      '- apiVersion: cilium.io/v2\n  kind: CiliumNetworkPolicy\n  metadata: {name: p, namespace: shop, uid: u}\n',
    );
    files.write(`${base}/resources.json`, [{ kind: 'APIResourceList', groupVersion: 'v1', resources: [] }]);
    files.write(`${base}/pods/logs/shop/web-1/app.log`, 'now\n');
    files.write(`${base}/pods/logs/shop/web-1/app-previous.log`, 'before\n');
    files.write('bundle/my-collector/web-1/app.log', 'now and some more\n');
    const snapshot = await read('bundle');
    expect(snapshot.serverVersion).toBe('v1.24.4+k3s1');
    expect(snapshot.objects.Pod?.[0]).toMatchObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1' } });
    expect(seen(snapshot, 'Service', '*')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(snapshot, 'Pod', 'shop').status).toBe('ok');
    expect(seen(snapshot, 'Pod', 'web').status).toBe('notCollected');
    expect(seen(snapshot, 'NetworkPolicy', 'shop').status).toBe('ok');
    expect(seen(snapshot, 'CiliumNetworkPolicy', 'shop').status).toBe('ok');
    expect(seen(snapshot, 'Endpoints', 'shop').status).toBe('notCollected');
    expect(seen(snapshot, 'Ingress', 'shop')).toMatchObject({
      status: 'forbidden',
      reason: 'forbidden: list ingresses in namespace shop',
    });
    expect(seen(snapshot, 'Deployment', 'shop').status).toBe('failed');
    expect(snapshot.logs.map(({ previous, text }) => [previous, text])).toEqual([
      [false, 'now and some more\n'],
      [true, 'before\n'],
    ]);
    expect(snapshot.problems).toEqual([]);
  });
});

describe('backup with one file for each object', () => {
  it('takes its folders for lists', async () => {
    files.write('b/resources/pods/namespaces/shop/web-1.json', {
      apiVersion: 'v1',
      kind: 'Pod',
      ...meta('shop', 'web-1'),
    });
    files.write('b/resources/nodes/cluster/n1.json', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1', uid: 'n' },
    });
    const snapshot = await read('b');
    expect(seen(snapshot, 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(snapshot, 'Node', '*')).toMatchObject({ status: 'ok', whole: true });
  });
});

describe('logs and outputs of tools', () => {
  it('finds whose log a file is by the pods that were read', async () => {
    files.write(
      'd/pods.json',
      typed('Pod', [withContainer('shop', 'web-1', 'app'), withContainer('shop', 'web-2', 'app')]),
    );
    files.write('d/web-1.log', 'by pod\n');
    files.write('d/web-2_app.log', 'by pod and container\n');
    files.write('d/unknown.log', 'of nobody\n');
    expect((await read('d')).logs.map(({ pod, text }) => [pod, text])).toEqual([
      ['web-1', 'by pod\n'],
      ['web-2', 'by pod and container\n'],
    ]);
  });

  it('keeps the end of a long log', async () => {
    files.write('d/pods.json', typed('Pod', [withContainer('shop', 'web-1', 'app')]));
    files.write('d/web-1.log', `${'x'.repeat(400_000)}last line\n`);
    const [log] = (await read('d')).logs;
    expect(log?.text.length).toBeLessThan(300_000);
    expect(log?.text.endsWith('last line\n')).toBe(true);
  });

  it('says when logs are too many to be kept', async () => {
    files.write(
      'd/pods.json',
      typed('Pod', [withContainer('shop', 'web-1', 'app'), withContainer('shop', 'web-2', 'app')]),
    );
    for (const name of ['web-1', 'web-2']) files.write(`d/${name}.log`, 'x'.repeat(100));
    const snapshot = await readSnapshots([files.path('d')], fakeRuntime(), { limits: { textBytes: 150 } });
    expect(snapshot.logs).toHaveLength(1);
    expect(snapshot.problems).toMatchObject([{ message: expect.stringMatching(/too many logs/) }]);
  });

  it('recognises outputs by their names or folder', async () => {
    files.write('d/node-1/iptables-save.txt', '*nat\n');
    files.write('d/tools/node-1/anything.txt', 'x\n');
    files.write('d/ip-route.txt', 'default via 10.0.0.1\n');
    expect((await read('d')).tools.map((tool) => tool.path)).toEqual([
      'ip-route.txt',
      'node-1/iptables-save.txt',
      'tools/node-1/anything.txt',
    ]);
  });
});
