import { afterEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { faultOf } from '../testing/fault-of.ts';
import { writeKubeConfig } from '../testing/kubeconfig.ts';
import { startHttpProxy, startSocksProxy, type TestProxy } from '../testing/proxies.ts';
import { connect } from './connect.ts';
import type { ClusterReader } from './ports.ts';

const authority = createTestAuthority();
const tls = authority.issue({ hosts: ['localhost', '127.0.0.1'] });

let server: ApiServer;
let proxy: TestProxy;
const open: ClusterReader[] = [];

afterEach(async () => {
  for (const reader of open.splice(0)) reader.close();
  await Promise.all([server.close(), proxy.close()]);
});

async function through(
  proxyUrl: string,
  options: { readonly ca?: string; readonly address?: string } = {},
): Promise<ClusterReader> {
  const { ca = authority.cert, address = server.url } = options;
  const kubeconfig = writeKubeConfig({
    server: address,
    ...(address.startsWith('https:') ? { ca } : {}),
    cluster: { 'proxy-url': proxyUrl },
  });
  const reader = await connect({ kubeconfig, requestTimeout: '1s' }, fakeRuntime({ stdin: '' }));
  open.push(reader);
  return reader;
}

describe('an HTTP proxy', () => {
  it('is asked for a tunnel to an https server, once for many questions', async () => {
    server = await startApiServer({ tls });
    proxy = await startHttpProxy();
    const reader = await through(proxy.url);
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(await reader.list('Pod')).toMatchObject({ status: 'ok' });
    expect(proxy.asked).toEqual([`127.0.0.1:${server.port}`]);
    expect(new Set(server.seen.map(({ connection }) => connection)).size).toBe(1);
  });

  it('gets the whole address of a plain http server', async () => {
    server = await startApiServer({});
    proxy = await startHttpProxy();
    expect(await (await through(proxy.url)).list('Service')).toMatchObject({ status: 'ok' });
    expect(proxy.asked).toEqual([`${server.url}/api/v1/services?limit=500`]);
  });

  it('may speak TLS itself', async () => {
    server = await startApiServer({ tls });
    proxy = await startHttpProxy({ tls });
    expect(await (await through(proxy.url)).list('Service')).toMatchObject({ status: 'ok' });
    expect(proxy.asked).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('gets the name and password of its address', async () => {
    server = await startApiServer({ tls });
    proxy = await startHttpProxy();
    await (await through(proxy.url.replace('http://', 'http://ada:p%40ss@'))).list('Service');
    expect(proxy.authorization()).toBe(`Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
  });

  it('that refuses is named, not the server', async () => {
    server = await startApiServer({ tls });
    proxy = await startHttpProxy({ refuse: 407 });
    const fault = await faultOf((await through(proxy.url)).list('Service'));
    expect(fault).toMatchObject({
      kind: 'unreachable',
      message: `The proxy ${proxy.url} refused to connect to ${server.url}: 407 Refused.`,
    });
    expect(fault.hint).toContain('USER:PASSWORD');
  });

  it('that cannot be reached is named', async () => {
    server = await startApiServer({ tls });
    proxy = await startHttpProxy();
    const fault = await faultOf((await through('http://127.0.0.1:1')).list('Service'));
    expect(fault.message).toMatch(/^The proxy http:\/\/127.0.0.1:1, needed for https:.*, cannot be reached: /);
  });

  it('that stays silent does not hold us up', async () => {
    server = await startApiServer({ tls });
    proxy = await startHttpProxy({ stall: true });
    const fault = await faultOf((await through(proxy.url)).list('Service'));
    expect(fault.message).toContain(`the proxy ${proxy.url}`);
  });

  it('does not hide whose certificate is wrong', async () => {
    server = await startApiServer({ tls });
    proxy = await startHttpProxy();
    const fault = await faultOf((await through(proxy.url, { ca: createTestAuthority().cert })).list('Service'));
    expect(fault.message).toContain(`The certificate of ${server.url} is not accepted: it is signed by an unknown`);
  });
});

describe('a SOCKS proxy', () => {
  it('is asked for a connection, and resolves the name itself', async () => {
    server = await startApiServer({ tls });
    proxy = await startSocksProxy();
    const reader = await through(proxy.url, { address: `https://localhost:${server.port}` });
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(await reader.list('Pod')).toMatchObject({ status: 'ok' });
    expect(proxy.asked).toEqual([`localhost:${server.port}`]);
  });

  it('also serves plain http', async () => {
    server = await startApiServer({});
    proxy = await startSocksProxy();
    expect(await (await through(proxy.url)).list('Service')).toMatchObject({ status: 'ok' });
    expect(proxy.asked).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('does not hide whose certificate is wrong', async () => {
    server = await startApiServer({ tls });
    proxy = await startSocksProxy();
    const fault = await faultOf((await through(proxy.url, { ca: createTestAuthority().cert })).list('Service'));
    expect(fault.message).toContain('signed by an unknown authority');
  });

  it('that cannot be reached is told', async () => {
    server = await startApiServer({ tls });
    proxy = await startSocksProxy();
    const fault = await faultOf((await through('socks5://127.0.0.1:1')).list('Service'));
    expect(fault.message).toMatch(/^The proxy socks5:\/\/127.0.0.1:1, needed for https:.*, cannot be reached: /);
  });
});

describe('the environment', () => {
  // Servers on a loopback address are never proxied, so a name is used that stands for nothing: the proxy is asked for it.
  it('names the proxy, unless NO_PROXY excludes the server', async () => {
    server = await startApiServer({ tls });
    proxy = await startHttpProxy();
    const ask = async (env: Readonly<Record<string, string>>): Promise<void> => {
      const kubeconfig = writeKubeConfig({ server: 'https://api.example.invalid:6443', ca: authority.cert });
      const reader = await connect({ kubeconfig, requestTimeout: '2s' }, fakeRuntime({ stdin: '', env }));
      open.push(reader);
      await faultOf(reader.list('Service'));
    };
    await ask({ HTTPS_PROXY: proxy.url });
    expect(proxy.asked.at(0)).toBe('api.example.invalid:6443');
    const before = proxy.asked.length;
    await ask({ HTTPS_PROXY: proxy.url, NO_PROXY: 'example.invalid' });
    expect(proxy.asked).toHaveLength(before);
  });
});
