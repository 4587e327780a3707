import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeRuntime } from '../../testing/fake-runtime.ts';
import { faultOf } from '../../testing/fault-of.ts';
import { tempFolder, writeIn } from '../../testing/kubeconfig.ts';
import type { ConnectionOptions } from '../ports.ts';
import { chooseTarget, type Target } from './choose-target.ts';
import { loadKubeConfigFiles } from './load-files.ts';

const ONE = `
current-context: shop
clusters:
- {name: main, cluster: {server: https://one/, certificate-authority-data: Q0E=}}
- {name: bare, cluster: {server: "http://127.0.0.1:8001"}}
- {name: named, cluster: {server: https://named, tls-server-name: kubernetes, proxy-url: http://proxy:3128}}
- {name: empty, cluster: {}}
- {name: both, cluster: {server: https://both, certificate-authority-data: Q0E=, insecure-skip-tls-verify: true}}
users:
- {name: ada, user: {token: one, as: eve, as-groups: [dev]}}
- {name: file, user: {tokenFile: token}}
contexts:
- {name: shop, context: {cluster: main, user: ada, namespace: shop}}
- {name: proxied, context: {cluster: bare}}
- {name: lost, context: {cluster: gone, user: ada}}
- {name: half, context: {user: ada}}
`;

const TWO = `
current-context: other
clusters:
- {name: main, cluster: {server: https://two}}
- {name: second, cluster: {server: https://second}}
users: [{name: ada, user: {token: two}}]
contexts:
- {name: other, context: {cluster: second, user: ada}}
- {name: shop, context: {cluster: second, user: ada, namespace: elsewhere}}
`;

async function choose(files: readonly string[], options: ConnectionOptions = {}): Promise<Target> {
  const folder = tempFolder();
  const paths = files.map((text, index) =>
    text === 'missing' ? '/nowhere/config' : writeIn(folder, `config${index}`, text),
  );
  const runtime = fakeRuntime({ env: { KUBECONFIG: paths.join(delimiter) }, cwd: folder });
  return chooseTarget(await loadKubeConfigFiles(options.kubeconfig, runtime), undefined, options, runtime);
}

describe('several files', () => {
  it('let the first current-context and the first definition of a name win', async () => {
    const target = await choose([ONE, TWO]);
    expect(target).toMatchObject({ context: 'shop', namespace: 'shop', user: { token: 'one' } });
    expect(target.server.href).toBe('https://one/');
    expect((await choose([TWO, ONE])).server.href).toBe('https://second/');
  });

  it('may be missing or empty, as long as one is there', async () => {
    expect((await choose(['missing', '', ONE])).context).toBe('shop');
    expect((await choose(['', TWO.replace('current-context: other', '')], { context: 'other' })).context).toBe('other');
  });

  it('give way to --kubeconfig, which must exist and is relative to where one stands', async () => {
    const folder = tempFolder();
    writeIn(folder, 'mine', TWO);
    const runtime = fakeRuntime({ env: { KUBECONFIG: writeIn(folder, 'config', ONE) }, cwd: folder });
    const load = (kubeconfig: string) => loadKubeConfigFiles(kubeconfig, runtime);
    expect((await load('mine')).currentContext).toBe('other');
    expect((await load('./mine')).contexts.get('shop')?.cluster).toBe('second');
    await expect(load('none')).rejects.toMatchObject({
      kind: 'config',
      message: 'The kubeconfig none does not exist.',
    });
  });

  it('are ~/.kube/config when KUBECONFIG is not set', async () => {
    const home = tempFolder();
    mkdirSync(join(home, '.kube'));
    writeIn(home, '.kube/config', ONE);
    const runtime = fakeRuntime({ homeDir: home });
    expect((await loadKubeConfigFiles(undefined, runtime)).currentContext).toBe('shop');
  });

  it('that cannot be read are told from missing ones', async () => {
    const folder = tempFolder();
    const runtime = fakeRuntime({ env: { KUBECONFIG: folder } });
    await expect(loadKubeConfigFiles(undefined, runtime)).rejects.toMatchObject({
      message: `The kubeconfig ${folder} cannot be read: it is a folder.`,
    });
  });
});

describe('nothing at all', () => {
  it('is told with where it was looked for', async () => {
    const home = await faultOf(
      loadKubeConfigFiles(undefined, fakeRuntime({ homeDir: '/home/ada' })).then((config) =>
        chooseTarget(config, undefined, {}, fakeRuntime({ homeDir: '/home/ada' })),
      ),
    );
    expect(home.message).toBe(
      'No kubeconfig was found: /home/ada/.kube/config does not exist and KUBECONFIG is not set.',
    );
    expect(home.hint).toContain('--snapshot');
    expect((await faultOf(choose(['missing']))).message).toBe(
      'No kubeconfig was found: none of the files in KUBECONFIG exists (/nowhere/config).',
    );
    expect((await faultOf(choose(['']))).message).toMatch(/config0 defines no cluster\.$/);
  });

  it('does not matter when --server says where to go', async () => {
    const target = await choose(['missing'], { server: 'https://10.0.0.1:6443/', token: 't' });
    expect(target).toMatchObject({ namespace: 'default', user: { token: 't' } });
    expect(target.server.origin).toBe('https://10.0.0.1:6443');
    expect(target.context).toBeUndefined();
  });
});

describe('names', () => {
  it('that are unknown get the nearest and the list', async () => {
    const fault = await faultOf(choose([ONE], { context: 'shpo' }));
    expect(fault.message).toBe('The kubeconfig has no context "shpo". Did you mean "shop"?');
    expect(fault.hint).toBe('Known contexts: half, lost, proxied and shop. Choose one with --context NAME.');
    expect((await faultOf(choose([ONE], { context: 'production-eu' }))).message).not.toContain('Did you mean');
    expect((await faultOf(choose([ONE], { user: 'adda' }))).message).toContain('Did you mean "ada"?');
    expect((await faultOf(choose([ONE], { cluster: 'mian' }))).message).toContain('no cluster "mian"');
    expect((await faultOf(choose([ONE.replace('current-context: shop', 'current-context: gone')]))).message).toContain(
      'no context "gone" (named by current-context)',
    );
  });

  it('inside a context that lead nowhere are told', async () => {
    expect((await faultOf(choose([ONE], { context: 'lost' }))).message).toContain(
      'no cluster "gone" (named by context "lost")',
    );
    expect((await faultOf(choose([ONE], { context: 'half' }))).message).toBe(
      'Context "half" of the kubeconfig names no cluster.',
    );
    expect((await faultOf(choose([ONE], { cluster: 'empty' }))).message).toContain(
      '"empty" of the kubeconfig has no server',
    );
    expect((await choose([ONE.replace('name: ada, user', 'name: bob, user')])).missingUser).toBe('ada');
  });

  it('that nobody chose are asked for', async () => {
    const fault = await faultOf(choose([ONE.replace('current-context: shop', '')]));
    expect(fault.message).toBe('The kubeconfig has no current context.');
    expect(fault.hint).toContain('Known contexts: half, lost, proxied and shop.');
  });
});

describe('flags', () => {
  it('choose cluster, user and namespace over the context', async () => {
    const target = await choose([ONE], { cluster: 'named', user: 'file', namespace: 'kube-system' });
    expect(target).toMatchObject({ namespace: 'kube-system', cluster: { name: 'named' }, user: { name: 'file' } });
    expect((await choose([ONE], { context: 'proxied' })).namespace).toBe('default');
  });

  it('replace trust settings as a whole', async () => {
    expect((await choose([ONE], { insecureSkipTlsVerify: true })).cluster).toEqual({
      name: 'main',
      server: 'https://one/',
      insecure: true,
      disableCompression: false,
    });
    const authority = (await choose([ONE], { certificateAuthority: 'other.crt' })).cluster;
    expect(authority.caData).toBeUndefined();
    expect(authority.caFile).toMatch(/^\/.*\/other\.crt$/);
    expect((await faultOf(choose([ONE], { cluster: 'both' }))).message).toContain('both a certificate authority and');
  });

  it('drop the tls-server-name of the file together with its server', async () => {
    expect((await choose([ONE], { cluster: 'named' })).cluster.tlsServerName).toBe('kubernetes');
    expect((await choose([ONE], { cluster: 'named', server: 'https://x' })).cluster.tlsServerName).toBeUndefined();
    const both = { cluster: 'named', server: 'https://x', tlsServerName: 'y' };
    expect((await choose([ONE], both)).cluster).toMatchObject({ tlsServerName: 'y', proxyUrl: 'http://proxy:3128' });
  });

  it('impersonate over the file', async () => {
    expect((await choose([ONE], { as: 'bob' })).user.impersonate).toEqual({ user: 'bob', groups: ['dev'], extra: {} });
    expect((await choose([ONE], { asGroup: ['qa'], asUid: '7' })).user.impersonate).toEqual({
      user: 'eve',
      uid: '7',
      groups: ['qa'],
      extra: {},
    });
  });

  it('name a token over a token file', async () => {
    const { user } = await choose([ONE], { user: 'file', token: 'flag' });
    expect(user).toMatchObject({ token: 'flag' });
    expect(user.tokenFile).toBeUndefined();
  });
});

describe('server addresses', () => {
  it.each([
    ['https://host:6443/', 'https://host:6443/'],
    ['https://rancher/k8s/clusters/c-1/', 'https://rancher/k8s/clusters/c-1'],
    ['127.0.0.1:8001', 'http://127.0.0.1:8001/'],
    ['https://[fd00::1]:6443', 'https://[fd00::1]:6443/'],
  ])('%s', async (server, href) => {
    expect((await choose(['missing'], { server })).server.href).toBe(href);
  });

  it.each(['https://', 'ftp://host', 'https://ho st'])('%s is refused', async (server) => {
    expect(await faultOf(choose(['missing'], { server }))).toMatchObject({ kind: 'config' });
  });
});
