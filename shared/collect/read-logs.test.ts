import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { type TempFiles, tempFiles } from '../testing/temp-files.ts';
import { readSnapshots } from './read-snapshot.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const pod = (namespace: string, name: string, containers: readonly string[], more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name, uid: `${namespace}-${name}`, ...more },
  spec: { containers: containers.map((container) => ({ name: container })), initContainers: [{ name: 'init' }] },
});

/** The logs that are found when a file lies beside two pods of `shop`, one of them with two containers. */
async function logsOf(path: string, text = 'words\n'): Promise<readonly string[]> {
  const items = [pod('shop', 'web-1', ['app', 'istio-proxy']), pod('shop', 'db-0', ['db']), pod('dev', 'db-0', ['db'])];
  const pods = files.write('pods.json', { apiVersion: 'v1', kind: 'List', items });
  files.write(`${path.length}/${path}`, text);
  const { logs } = await readSnapshots([pods, files.path(`${path.length}`)], fakeRuntime());
  return logs.map((log) => `${log.namespace}/${log.pod}/${log.container}${log.previous ? ' before' : ''}: ${log.text}`);
}

describe('whose log a file is', () => {
  it.each([
    ['logs/shop_web-1_istio-proxy.log', 'shop/web-1/istio-proxy'],
    ['logs/shop_db-0_db_previous.log', 'shop/db-0/db before'],
    ['logs/shop-db-0-db.log', 'shop/db-0/db'],
    ['logs/shop.web-1.app.log', 'shop/web-1/app'],
    ['logs/web-1-init.log', 'shop/web-1/init'],
    ['logs/web-1-istio-proxy-previous.txt', 'shop/web-1/istio-proxy before'],
    ['shop/db-0.log', 'shop/db-0/db'],
    ['shop/logs/db-0.txt', 'shop/db-0/db'],
    ['dev/logs/db-0-db.log', 'dev/db-0/db'],
    ['pod-web-1-logs.txt', 'shop/web-1/app'],
    ['logs-web-1.txt', 'shop/web-1/app'],
    ['previous-web-1.log', 'shop/web-1/app before'],
    // kubectl takes the first container unless an annotation says otherwise; init containers do not count.
    ['web-1.log', 'shop/web-1/app'],
  ])('%s', async (path, owner) => {
    expect(await logsOf(path)).toEqual([`${owner}: words\n`]);
  });

  it.each(['db-0.log', 'logs/web-10.log', 'logs/web-1-sidecar.log', 'other-web-1.log', 'logs/web.txt'])(
    'nobody knows for %s',
    async (path) => {
      expect(await logsOf(path)).toEqual([]);
    },
  );

  it('is told by the annotation with the name of the default container', async () => {
    const annotations = { 'kubectl.kubernetes.io/default-container': 'app' };
    files.write('d/pod.json', pod('shop', 'web-1', ['proxy', 'app'], { annotations }));
    files.write('d/web-1.log', 'words\n');
    expect((await readSnapshots([files.path('d')], fakeRuntime())).logs).toMatchObject([{ container: 'app' }]);
  });

  it('is told by the line that kubectl writes above it, and by the prefix of each line', async () => {
    const chosen = 'Defaulted container "istio-proxy" out of: app, istio-proxy, init (init)\nwords\n';
    expect(await logsOf('web-1.log', chosen)).toEqual(['shop/web-1/istio-proxy: words\n']);
    const found = 'Found 2 pods, using pod/web-1\nDefaulted container "app" out of: app, istio-proxy\nwords\n';
    expect(await logsOf('deployment.log', found)).toEqual(['shop/web-1/app: words\n']);
    const prefixed = '[pod/web-1/app] one\n[pod/web-1/istio-proxy] two\n[pod/web-1/app] three\n';
    expect(await logsOf('all.log', prefixed)).toEqual([
      'shop/web-1/app: one\nthree\n',
      'shop/web-1/istio-proxy: two\n',
    ]);
  });

  it.each([
    'Error from server (BadRequest): container "app" in pod "web-1" is waiting to start: ContainerCreating\n',
    'Error from server (BadRequest): previous terminated container "app" in pod "web-1" not found\n',
    'Error from server (NotFound): pods "web-1" not found\n',
    'Error from server: Get "https://10.0.0.4:10250/containerLogs/shop/web-1/app": dial tcp: connection refused\n',
    'Defaulted container "app" out of: app, init (init)\nError from server (BadRequest): container "app" in pod "web-1" is waiting to start: PodInitializing\n',
    'error: a container name must be specified for pod web-1, choose one of: [app istio-proxy]\n',
  ])('is no question where kubectl got none: %s', async (text) => {
    expect(await logsOf('web-1.log', text)).toEqual([]);
  });

  it('stays that of the container where the last words are of such a kind', async () => {
    const own = 'Error from server (Forbidden): pods is forbidden: User "x" cannot list resource "pods"\n';
    expect(await logsOf('shop/db-0.log', own)).toEqual([`shop/db-0/db: ${own}`]);
  });
});

it('a dump that was written to a file with the ending of a log', async () => {
  const file = files.write('dump.log', `${JSON.stringify(pod('shop', 'web-1', ['app']), undefined, 4)}\n`);
  expect((await readSnapshots([file], fakeRuntime())).objects.Pod).toHaveLength(1);
});
