import { createServer } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { KubeObject } from '../model/objects.ts';
import type { ApiServerOptions } from '../testing/api-answers.ts';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { type FakeRuntime, fakeRuntime } from '../testing/fake-runtime.ts';
import { faultOf } from '../testing/fault-of.ts';
import { writeKubeConfig } from '../testing/kubeconfig.ts';
import { connect } from './connect.ts';
import type { ClusterReader, ConnectionOptions } from './ports.ts';

const pods: readonly KubeObject[] = Array.from({ length: 1200 }, (_, index) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `web-${index}`, namespace: 'shop' },
}));

let server: ApiServer;
let reader: ClusterReader;
let runtime: FakeRuntime;

async function begin(options: ApiServerOptions = {}, connection: ConnectionOptions = {}): Promise<void> {
  server = await startApiServer({ objects: pods, ...options });
  runtime = fakeRuntime({ stdin: '' });
  reader = await connect({ server: server.url, requestTimeout: '20s', ...connection }, runtime);
}

afterEach(async () => {
  reader.close();
  await server.close();
});

/** For servers that stall; a busy machine may take its time for the rest. */
const QUICK: ConnectionOptions = { requestTimeout: '300ms' };

const certificate = createTestAuthority().issue({ hosts: ['127.0.0.1'] });

describe.each<readonly [string, ApiServerOptions]>([
  ['without TLS', {}],
  ['over HTTP/2', { tls: certificate }],
  ['over HTTP/1.1', { tls: certificate, http1: true }],
])('a server that misbehaves %s', (_how, way) => {
  const start = (options: ApiServerOptions = {}, connection: ConnectionOptions = {}): Promise<void> =>
    begin({ ...way, ...options }, { insecureSkipTlsVerify: way.tls !== undefined, ...connection });

  it('begins an expired list anew', async () => {
    await start();
    server.play({ on: 'continue', do: 'answer', status: 410, times: 1 });
    const result = await reader.list('Pod');
    expect(result.status === 'ok' && result.value).toHaveLength(1200);
  });

  it('asks for a list that expires again and again in one piece', async () => {
    await start();
    server.play({ on: 'continue', do: 'answer', status: 410 });
    const result = await reader.list('Pod');
    expect(result.status === 'ok' && result.value).toHaveLength(1200);
    expect(server.seen.at(-1)?.url).toBe('/api/v1/pods');
  });

  it('comes back when it is told to', async () => {
    await start();
    server.play({ do: 'answer', status: 429, headers: { 'retry-after': '0' }, times: 2 });
    server.play({ do: 'answer', status: 503, headers: { 'retry-after': '0' }, times: 1 });
    expect(await reader.list('Pod')).toMatchObject({ status: 'ok' });
    expect(server.seen).toHaveLength(6);
  });

  it('gives up on one kind that stays overloaded, and says so', async () => {
    await start();
    server.play({
      on: 'metrics',
      do: 'answer',
      status: 503,
      body: 'service unavailable',
      headers: { 'content-type': 'text/plain' },
    });
    server.play({ on: 'nodes', do: 'answer', status: 429, headers: { 'retry-after': '0' } });
    await reader.list('Pod');
    expect(await reader.list('PodMetrics')).toEqual({
      status: 'failed',
      reason: 'could not list pods.metrics.k8s.io in all namespaces (503: service unavailable)',
    });
    expect(await reader.list('Node')).toMatchObject({ status: 'failed' });
  });

  it('does not wait longer than a person would', async () => {
    await start();
    server.play({ do: 'answer', status: 429, headers: { 'retry-after': '3600' } });
    expect(await reader.list('Pod')).toMatchObject({ status: 'failed' });
    expect(server.seen).toHaveLength(1);
  });

  it('asks again when a connection drops, before the answer or inside it', async () => {
    await start();
    server.play({ do: 'drop', times: 1 });
    server.play({ on: 'continue', do: 'drop in body', times: 1 });
    const result = await reader.list('Pod');
    expect(result.status === 'ok' && result.value).toHaveLength(1200);
  });

  it('calls a server unreachable that drops every connection', async () => {
    await start();
    server.play({ do: 'drop' });
    const fault = await faultOf(reader.list('Pod'));
    expect(fault).toMatchObject({ kind: 'unreachable' });
    expect(fault.message).toContain(server.url);
  });

  it('does not wait for a server that never answers', async () => {
    await start({}, QUICK);
    server.play({ do: 'stall' });
    const fault = await faultOf(reader.list('Pod'));
    expect(fault).toMatchObject({
      kind: 'timeout',
      message: `${server.url} accepted the connection but did not answer within 0.3 s.`,
    });
    expect(fault.hint).toContain('--request-timeout');
  });

  it('does not wait for a server that falls silent inside an answer', async () => {
    await start({}, QUICK);
    server.play({ do: 'stall in body' });
    const fault = await faultOf(reader.list('Pod'));
    expect(fault.message).toBe(`${server.url} began to answer and then fell silent for 0.3 s.`);
  });

  it('lets one kind that stalls not blind the others', async () => {
    // The kinds that answer need their time on a busy machine.
    await start({}, { requestTimeout: '3s' });
    server.play({ on: 'metrics.k8s.io', do: 'stall' });
    expect(await reader.list('Pod')).toMatchObject({ status: 'ok' });
    const metrics = await reader.list('PodMetrics', { namespace: 'shop' });
    expect(metrics).toMatchObject({ status: 'failed' });
    expect(metrics.status === 'failed' && metrics.reason).toMatch(
      /^could not list pods.metrics.k8s.io in namespace shop: /,
    );
  });

  it('waits for a log no longer than is asked, and the rest goes on', async () => {
    await start();
    server.play({ on: '/log', do: 'stall' });
    expect(await reader.list('Pod')).toMatchObject({ status: 'ok' });
    const log = await reader.logs('shop', 'a', { container: 'app', timeoutMs: 100 });
    expect(log).toMatchObject({ status: 'failed' });
    expect(log.status === 'failed' && log.reason).toContain('within 0.1 s');
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
  });

  it('stops at once on Ctrl-C, in the middle of an answer', async () => {
    await start({}, { requestTimeout: '0' });
    server.play({ do: 'stall in body' });
    const question = reader.list('Pod');
    setTimeout(() => runtime.interrupt(), 50);
    await expect(question).rejects.toMatchObject({ name: 'AbortError' });
    await expect(reader.list('Service')).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('stops at once on Ctrl-C, also while it waits to come back', async () => {
    await start();
    server.play({ do: 'answer', status: 429, headers: { 'retry-after': '9' } });
    const question = reader.list('Pod');
    setTimeout(() => runtime.interrupt(), 50);
    await expect(question).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('does not ask again after it was closed', async () => {
    await start({}, { requestTimeout: '0' });
    server.play({ do: 'stall' });
    const question = reader.list('Pod');
    question.catch(() => undefined);
    await vi.waitFor(() => expect(server.seen).toHaveLength(1), 20_000);
    reader.close();
    await expect(question).rejects.toMatchObject({ kind: 'unreachable' });
    expect(server.seen).toHaveLength(1);
  });

  it('does not begin to ask when it was closed before', async () => {
    await start({}, { requestTimeout: '0' });
    server.play({ do: 'stall' });
    const question = reader.list('Pod');
    reader.close();
    await expect(question).rejects.toMatchObject({ kind: 'unreachable' });
    expect(server.seen).toHaveLength(0);
  });

  it('knows a web page from an answer', async () => {
    await start();
    server.play({
      do: 'answer',
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><title>Login</title>',
    });
    const fault = await faultOf(reader.list('Pod'));
    expect(fault.kind).toBe('protocol');
    expect(fault.message).toBe(`${server.url} answered with a web page (200), not as a Kubernetes API.`);
  });

  it('knows a load balancer without an API server behind it', async () => {
    await start();
    const headers = { 'content-type': 'text/html' };
    server.play({ do: 'answer', status: 502, headers, body: '<html>502 Bad Gateway</html>' });
    const fault = await faultOf(reader.list('Pod'));
    expect(fault.kind).toBe('unreachable');
    expect(fault.message).toContain(`What stands in front of ${server.url} answers 502`);
  });

  it('knows a redirect to a login page', async () => {
    await start();
    server.play({ do: 'answer', status: 302, headers: { location: 'https://login.example/?secret=1' }, body: '' });
    const fault = await faultOf(reader.version());
    expect(fault.message).toBe(`${server.url} redirects to https://login.example (302) instead of answering.`);
  });

  it.each([
    ['text', 'ok', 'text/plain', 'not JSON'],
    ['half an answer', '{"kind":"PodList","items":[{"meta', 'application/json', 'damaged JSON'],
  ])('knows %s from an answer', async (_what, body, type, words) => {
    await start();
    server.play({ do: 'answer', status: 200, headers: { 'content-type': type }, body });
    const fault = await faultOf(reader.list('Pod'));
    expect(fault.kind).toBe('protocol');
    expect(fault.message).toContain(words);
  });

  it('knows damaged compression from an answer', async () => {
    await start();
    server.play({ do: 'answer', status: 200, headers: { 'content-encoding': 'gzip' }, body: 'no gzip' });
    expect(await faultOf(reader.list('Pod'))).toMatchObject({ kind: 'unreachable' });
  });

  it('takes a JSON answer that is no list for a failure of that kind', async () => {
    await start();
    server.play({ do: 'answer', status: 200, body: '{"kind":"Pod"}' });
    expect(await reader.list('Pod')).toMatchObject({ status: 'failed' });
  });

  it('says when the address leads to something that is no API server', async () => {
    await start({ basePath: '/elsewhere' });
    const lost = await connect(
      { server: server.url.replace('/elsewhere', '/wrong'), insecureSkipTlsVerify: true },
      fakeRuntime({ stdin: '' }),
    );
    const fault = await faultOf(lost.list('Pod'));
    lost.close();
    expect(fault.message).toContain('knows no Kubernetes API (404 for /api/v1/pods)');
  });
});

describe('a server that cannot be reached', () => {
  it.each([
    ['http://127.0.0.1:1', 'unreachable', 'http://127.0.0.1:1 refused the connection: nothing listens there.'],
    ['https://no-such-host.invalid:6443', 'unreachable', 'no-such-host.invalid'],
  ])('%s', async (address, kind, words) => {
    await begin();
    const lost = await connect({ server: address, insecureSkipTlsVerify: true }, fakeRuntime({ stdin: '' }));
    const fault = await faultOf(lost.list('Pod'));
    lost.close();
    expect(fault.kind).toBe(kind);
    expect(fault.message).toContain(words);
  });

  it('says when TLS is spoken to a server without it, and the other way round', async () => {
    await begin();
    const plain = await connect(
      { server: server.url.replace('http:', 'https:'), insecureSkipTlsVerify: true },
      runtime,
    );
    const fault = await faultOf(plain.list('Pod'));
    plain.close();
    expect(fault.message).toContain('does not speak TLS');
    expect(fault.hint).toContain('http://');
  });

  it('says when what listens does not speak HTTP', async () => {
    await begin();
    const other = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const lost = await connect({ server: `http://127.0.0.1:${port}` }, runtime);
    const fault = await faultOf(lost.list('Pod'));
    lost.close();
    expect(fault.message).toContain('does not speak HTTP');
  });
});

interface TlsOptions extends Omit<ConnectionOptions, 'cluster'> {
  readonly ca?: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
}

describe('certificates of the server', () => {
  const authority = createTestAuthority();
  const valid = authority.issue({ hosts: ['127.0.0.1', 'kubernetes.default'] });
  const tls = (options: TlsOptions): ConnectionOptions => {
    const { ca = authority.cert, cluster = {}, ...rest } = options;
    return { kubeconfig: writeKubeConfig({ server: server.url, ca, cluster }), ...rest };
  };
  async function serve(certificate = valid): Promise<void> {
    await begin({ tls: certificate });
  }
  async function ask(options: ConnectionOptions): Promise<unknown> {
    const secure = await connect(options, runtime);
    try {
      return await secure.list('Service');
    } finally {
      secure.close();
    }
  }

  it('are accepted from the configured authority, also for a context without a user', async () => {
    await serve();
    expect(await ask(tls({}))).toMatchObject({ status: 'ok' });
  });

  it('are accepted from an authority below one that is not known', async () => {
    const middle = authority.intermediate('middle');
    await serve(middle.issue({ hosts: ['127.0.0.1'] }));
    expect(await ask(tls({ ca: middle.cert }))).toMatchObject({ status: 'ok' });
  });

  it('of an unknown authority are refused with the flags that help', async () => {
    await serve();
    const fault = await faultOf(ask(tls({ ca: createTestAuthority('other').cert })));
    expect(fault.message).toBe(
      `The certificate of ${server.url} is not accepted: it is signed by an unknown authority.`,
    );
    expect(fault.hint).toContain('--certificate-authority');
  });

  it('without any configured authority are compared with those of the system', async () => {
    await serve();
    const fault = await faultOf(ask({ kubeconfig: writeKubeConfig({ server: server.url }) }));
    expect(fault.message).toContain('signed by an unknown authority');
  });

  it('that expired or are not valid yet are told as such', async () => {
    await serve(authority.issue({ hosts: ['127.0.0.1'], from: new Date(0), until: new Date(86_400_000) }));
    expect((await faultOf(ask(tls({})))).message).toContain('it has expired');
    await server.close();
    await serve(authority.issue({ hosts: ['127.0.0.1'], from: new Date(Date.now() + 86_400_000) }));
    expect((await faultOf(ask(tls({})))).hint).toContain('clock');
  });

  it('for another name are told with the names that would do', async () => {
    await serve(authority.issue({ hosts: ['kubernetes.default', '10.96.0.1'] }));
    const fault = await faultOf(ask(tls({})));
    expect(fault.message).toContain('it is for other names (kubernetes.default, 10.96.0.1)');
    expect(fault.hint).toContain('--tls-server-name kubernetes.default');
  });

  it('are compared with tls-server-name, from the file or the flag', async () => {
    await serve(authority.issue({ hosts: ['kubernetes.default'] }));
    expect(await ask(tls({ cluster: { 'tls-server-name': 'kubernetes.default' } }))).toMatchObject({ status: 'ok' });
    expect(await ask(tls({ tlsServerName: 'kubernetes.default' }))).toMatchObject({ status: 'ok' });
    expect((await faultOf(ask(tls({ tlsServerName: '192.0.2.1' })))).message).toContain('it is for other names');
  });

  it('are not looked at with insecure-skip-tls-verify', async () => {
    await serve();
    const other = createTestAuthority('other').cert;
    expect(await ask(tls({ ca: other, insecureSkipTlsVerify: true }))).toMatchObject({ status: 'ok' });
  });
});
