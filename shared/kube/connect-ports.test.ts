import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { writeKubeConfig } from '../testing/kubeconfig.ts';
import { startHttpProxy, startSocksProxy, type TestProxy } from '../testing/proxies.ts';
import { connect } from './connect.ts';
import type { ClusterReader, ConnectionOptions } from './ports.ts';

const settings = { forwarding: () => import('./forward-port.ts') };
let server: ApiServer;
let reader: ClusterReader;
let proxy: TestProxy | undefined;

async function start(
  options: Parameters<typeof startApiServer>[0] = {},
  connection: ConnectionOptions = {},
): Promise<void> {
  server = await startApiServer(options);
  reader = await connect(
    { server: server.url, namespace: 'shop', ...connection },
    fakeRuntime({ stdin: '' }),
    settings,
  );
}

afterEach(async () => {
  reader.close();
  await server.close();
  await proxy?.close();
  proxy = undefined;
});

/** Says what it is told, in capitals, and hangs up. */
function echo(socket: Duplex): void {
  socket.on('data', (data: Buffer) => socket.end(data.toString().toUpperCase()));
}

async function say(stream: Duplex, words: string): Promise<string> {
  stream.write(words);
  return text(stream);
}

describe('asking for a right', () => {
  it('is told yes or no', async () => {
    await start({ denied: ['create pods/portforward'] });
    const asked = { resource: 'pods/portforward', namespace: 'kube-system' };
    expect(await reader.access({ verb: 'create', ...asked })).toEqual({ status: 'ok', value: false });
    expect(await reader.access({ verb: 'get', ...asked })).toEqual({ status: 'ok', value: true });
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      headers: { 'content-type': 'application/json' },
    });
  });

  it('says so when the server has no such reviews', async () => {
    await start();
    server.play({ do: 'answer', status: 404, body: '{"kind":"Status","message":"not found"}' });
    expect(await reader.access({ verb: 'get', resource: 'pods' })).toEqual({
      status: 'absent',
      reason: 'the server has no access reviews',
    });
  });
});

describe('reading through the proxy', () => {
  const target = { kind: 'Pod', namespace: 'kube-system', name: 'coredns-1', port: 8181, path: '/ready' } as const;

  it('takes whatever the pod says for an answer, also a 503 and a web page', async () => {
    await start({
      proxied: {
        'coredns-1:8181/ready': { status: 503, body: 'kubernetes', type: 'text/plain' },
        'coredns-1:8181/page': { status: 200, body: '<html>', type: 'text/html' },
        'coredns-1:8181/login': { status: 401, body: 'who are you?', type: 'text/plain' },
      },
    });
    expect(await reader.proxy(target)).toEqual({ status: 'ok', value: { status: 503, text: 'kubernetes' } });
    expect(await reader.proxy({ ...target, path: '/page' })).toMatchObject({ value: { text: '<html>' } });
    expect(await reader.proxy({ ...target, path: '/login' })).toMatchObject({ value: { status: 401 } });
    expect(server.seen[0]?.url).toBe('/api/v1/namespaces/kube-system/pods/coredns-1:8181/proxy/ready');
  });

  it('reads Services over TLS and nodes too', async () => {
    await start({ proxied: { 'https:kube-dns:metrics/metrics': { status: 200, body: 'x 1' } } });
    const service = { kind: 'Service', namespace: 'kube-system', name: 'kube-dns', port: 'metrics' } as const;
    expect(await reader.proxy({ ...service, scheme: 'https', path: '/metrics' })).toMatchObject({ status: 'ok' });
    await reader.proxy({ kind: 'Node', name: 'n1', path: '/configz' });
    expect(server.seen[1]?.url).toBe('/api/v1/nodes/n1/proxy/configz');
  });

  it('tells a refused right from a port where nothing listens', async () => {
    await start({ denied: ['get pods/proxy'] });
    expect(await reader.proxy(target)).toEqual({
      status: 'forbidden',
      reason: 'forbidden: get pods/proxy "coredns-1" in namespace kube-system',
    });
    expect(await reader.proxy({ kind: 'Node', name: 'n1', path: '/configz' })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('connection refused'),
    });
  });

  it('gives up after the time it was given', async () => {
    await start();
    await reader.version();
    server.play({ do: 'stall' });
    expect(await reader.proxy({ ...target, timeoutMs: 50 })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('did not answer within 0.05 s'),
    });
  });
});

describe('forwarding a port', () => {
  it('carries bytes both ways', async () => {
    await start({ listeners: { 'shop/web-1:80': echo } });
    const opened = await reader.forward('shop', 'web-1', 80);
    if (opened.status !== 'ok') throw new Error(opened.reason);
    expect(await say(opened.value, 'hello')).toBe('HELLO');
  });

  it('carries much, in order', async () => {
    const page = 'x'.repeat(3_000_000);
    await start({ listeners: { 'shop/web-1:80': (socket) => socket.end(page) } });
    const opened = await reader.forward('shop', 'web-1', 80);
    if (opened.status !== 'ok') throw new Error(opened.reason);
    expect(await text(opened.value)).toHaveLength(page.length);
  });

  it('tells the error of the kubelet when nothing listens', async () => {
    await start();
    const opened = await reader.forward('shop', 'web-1', 81);
    if (opened.status !== 'ok') throw new Error(opened.reason);
    await expect(say(opened.value, 'hello')).rejects.toThrow('connect: connection refused');
  });

  it('says which right is missing', async () => {
    await start({ denied: ['create pods/portforward'] });
    expect(await reader.forward('shop', 'web-1', 80)).toEqual({
      status: 'forbidden',
      reason: 'forbidden: get or create pods/portforward "web-1" in namespace shop',
    });
  });

  for (const [name, startProxy] of [
    ['HTTP', startHttpProxy],
    ['SOCKS', startSocksProxy],
  ] as const) {
    it(`goes over TLS with the same token and identity as other questions, also through a ${name} proxy`, async () => {
      const authority = createTestAuthority();
      server = await startApiServer({
        tls: authority.issue({ hosts: ['127.0.0.1'] }),
        tokens: ['secret'],
        listeners: { 'shop/web-1:80': echo },
      });
      proxy = await startProxy();
      const kubeconfig = writeKubeConfig({
        server: server.url,
        ca: authority.cert,
        cluster: { 'proxy-url': proxy.url },
      });
      reader = await connect({ kubeconfig, token: 'secret', as: 'jane' }, fakeRuntime({ stdin: '' }), settings);
      const opened = await reader.forward('shop', 'web-1', 80);
      if (opened.status !== 'ok') throw new Error(opened.reason);
      expect(await say(opened.value, 'hello')).toBe('HELLO');
      expect(server.seen.at(-1)?.headers).toMatchObject({ authorization: 'Bearer secret', 'impersonate-user': 'jane' });
      expect(proxy.asked).toEqual([`127.0.0.1:${server.port}`]);
    });
  }

  it('logs in again when the token has expired', async () => {
    await start({ tokens: ['other'], listeners: { 'shop/web-1:80': echo } }, { token: 'secret' });
    await expect(reader.forward('shop', 'web-1', 80)).rejects.toMatchObject({ kind: 'unauthorized' });
  });

  it('is an ordinary failure where a proxy for plain http cannot switch', async () => {
    server = await startApiServer();
    proxy = await startHttpProxy();
    const kubeconfig = writeKubeConfig({ server: server.url, cluster: { 'proxy-url': proxy.url } });
    reader = await connect({ kubeconfig }, fakeRuntime({ stdin: '' }), settings);
    expect(await reader.forward('shop', 'web-1', 80)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('cannot switch to a websocket'),
    });
  });
});
