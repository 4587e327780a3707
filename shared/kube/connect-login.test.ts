import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApiServerOptions } from '../testing/api-answers.ts';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { type FakeRuntime, fakeRuntime } from '../testing/fake-runtime.ts';
import { faultOf } from '../testing/fault-of.ts';
import { base64, kubeConfigText, tempFolder, writeIn, writeKubeConfig } from '../testing/kubeconfig.ts';
import { connect } from './connect.ts';
import type { ClusterReader, ConnectionOptions } from './ports.ts';

const authority = createTestAuthority();
const clientAuthority = createTestAuthority('client authority');
const tls = authority.issue({ hosts: ['127.0.0.1'] });

let server: ApiServer;
const open: ClusterReader[] = [];

async function serve(options: ApiServerOptions): Promise<void> {
  server = await startApiServer({ tls, ...options });
}

async function login(
  user: Readonly<Record<string, unknown>> | undefined,
  options: ConnectionOptions & { readonly cluster?: Readonly<Record<string, unknown>> } = {},
  runtime: FakeRuntime = fakeRuntime({ stdin: '', env: { PATH: process.env.PATH } }),
): Promise<ClusterReader> {
  const { cluster = {}, ...rest } = options;
  const kubeconfig = writeKubeConfig({
    server: server.url,
    ca: authority.cert,
    cluster,
    ...(user === undefined ? {} : { user }),
  });
  const reader = await connect({ kubeconfig, ...rest }, runtime);
  open.push(reader);
  return reader;
}

afterEach(async () => {
  for (const reader of open.splice(0)) reader.close();
  await server.close();
});

describe('tokens', () => {
  it('come from the kubeconfig', async () => {
    await serve({ tokens: ['abc'] });
    expect(await (await login({ token: 'abc' })).list('Service')).toMatchObject({ status: 'ok' });
  });

  it('of --token win over everything in the kubeconfig', async () => {
    await serve({ tokens: ['abc'] });
    const tokenFile = writeIn(tempFolder(), 'token', 'stale');
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin' };
    expect(await (await login({ tokenFile }, { token: 'abc' })).list('Service')).toMatchObject({ status: 'ok' });
    expect(await (await login({ exec }, { token: 'abc' })).list('Service')).toMatchObject({ status: 'ok' });
  });

  it('that are refused end in words that say where they came from, and never repeat them', async () => {
    await serve({ tokens: ['abc'] });
    const fault = await faultOf((await login({ token: 'stale-secret' })).list('Service'));
    expect(fault).toMatchObject({ kind: 'unauthorized' });
    expect(fault.message).toContain('the token of user "me" has expired or was revoked (401 Unauthorized)');
    expect(fault.hint).toMatch(/^Log in again of context "test"; the token stands in .*config\.$/);
    expect(fault.message + fault.hint).not.toContain('stale-secret');
  });

  it('of --token that are refused are told as such', async () => {
    await serve({ tokens: ['abc'] });
    const fault = await faultOf((await login({ token: 'abc' }, { token: 'stale' })).list('Service'));
    expect(fault.message).toContain('the token given with --token has expired');
  });

  it('with a line break are refused before they are sent', async () => {
    await serve({ tokens: ['abc'] });
    const fault = await faultOf(login({ token: 'a\nb' }));
    expect(fault).toMatchObject({ kind: 'config', message: 'The token of user "me" contains blanks or line breaks.' });
  });

  it('and any other credentials are not sent over plain http', async () => {
    server = await startApiServer({});
    const kubeconfig = writeKubeConfig({ server: server.url, user: { token: 'abc' } });
    const reader = await connect({ kubeconfig }, fakeRuntime({ stdin: '' }));
    open.push(reader);
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe('token files', () => {
  it('are read from beside the kubeconfig, win over a token, and are read again after 401', async () => {
    await serve({ tokens: ['one'] });
    const folder = tempFolder();
    const tokenFile = writeIn(folder, 'token', 'one\n');
    const user = { tokenFile: 'token', token: 'stale' };
    const kubeconfig = writeIn(folder, 'config', kubeConfigText({ server: server.url, ca: authority.cert, user }));
    const reader = await connect({ kubeconfig }, fakeRuntime({ stdin: '' }));
    open.push(reader);
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    writeFileSync(tokenFile, 'two');
    server.acceptTokens(['two']);
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  it('that are missing are named', async () => {
    await serve({ tokens: ['one'] });
    const fault = await faultOf((await login({ tokenFile: '/nowhere/token' })).list('Service'));
    expect(fault).toMatchObject({
      kind: 'config',
      message: 'The token file /nowhere/token cannot be read or is empty.',
    });
  });

  it('that stay refused are named', async () => {
    await serve({ tokens: ['one'] });
    const tokenFile = writeIn(tempFolder(), 'token', 'two');
    const fault = await faultOf((await login({ tokenFile })).list('Service'));
    expect(fault.message).toContain(`the token in ${tokenFile} has expired`);
    expect(server.seen).toHaveLength(1);
  });
});

describe('name and password', () => {
  it('are sent as Basic', async () => {
    await serve({});
    await (await login({ username: 'ada', password: 'x:y' })).list('Service');
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${base64('ada:x:y')}`);
  });
});

describe('client certificates', () => {
  const ada = clientAuthority.issue({ name: 'ada', organization: 'system:masters' });

  it('come as data or as files, with data first', async () => {
    await serve({ clientCa: clientAuthority.cert });
    const data = { 'client-certificate-data': base64(ada.cert), 'client-key-data': base64(ada.key) };
    expect(await (await login(data)).list('Service')).toMatchObject({ status: 'ok' });
    const folder = tempFolder();
    const files = {
      'client-certificate': writeIn(folder, 'client.crt', ada.cert),
      'client-key': writeIn(folder, 'client.key', ada.key),
    };
    await (await login(files)).list('Service');
    await (await login({ ...data, 'client-certificate': '/nowhere', 'client-key': '/nowhere' })).list('Service');
    expect(server.seen.map(({ certificate }) => certificate)).toEqual(['ada', 'ada', 'ada']);
  });

  it('come from the flags', async () => {
    await serve({ clientCa: clientAuthority.cert });
    const folder = tempFolder();
    const clientCertificate = writeIn(folder, 'client.crt', ada.cert);
    const clientKey = writeIn(folder, 'client.key', ada.key);
    await (await login(undefined, { clientCertificate, clientKey })).list('Service');
    expect(server.seen[0]?.certificate).toBe('ada');
  });

  it('that have expired are told with their date', async () => {
    await serve({ clientCa: clientAuthority.cert });
    const old = clientAuthority.issue({ name: 'ada', from: new Date(0), until: new Date('2020-02-01T00:00:00Z') });
    const user = { 'client-certificate-data': base64(old.cert), 'client-key-data': base64(old.key) };
    const fault = await faultOf((await login(user)).list('Service'));
    expect(fault.message).toContain('the client certificate of user "me" expired on 2020-02-01');
    expect(fault.hint).toContain('kubeadm certs renew');
  });

  it('of another authority are told', async () => {
    await serve({ clientCa: clientAuthority.cert });
    const other = createTestAuthority('other').issue({ name: 'eve' });
    const user = { 'client-certificate-data': base64(other.cert), 'client-key-data': base64(other.key) };
    const fault = await faultOf((await login(user)).list('Service'));
    expect(fault.message).toContain('the client certificate of user "me" is not accepted');
  });

  it.each([
    ['half a pair', { 'client-certificate-data': base64(ada.cert) }, 'has a client-certificate but no client-key'],
    [
      'a missing file',
      { 'client-certificate': '/nowhere/c', 'client-key': '/nowhere/k' },
      'cannot be read: no such file',
    ],
    ['no PEM', { 'client-certificate-data': base64('x'), 'client-key-data': base64('y') }, 'holds no PEM block'],
  ])('that are incomplete are named: %s', async (_what, user, words) => {
    await serve({ clientCa: clientAuthority.cert });
    const fault = await faultOf(login(user));
    expect(fault.kind).toBe('config');
    expect(fault.message).toContain(words);
  });

  it('whose key does not fit are named', async () => {
    await serve({ clientCa: clientAuthority.cert });
    const user = { 'client-certificate-data': base64(ada.cert), 'client-key-data': base64(authority.issue().key) };
    const fault = await faultOf((await login(user)).list('Service'));
    expect(fault.message).toMatch(/key values mismatch/);
  });
});

describe('impersonation', () => {
  it('sends user, uid, groups and extra fields, the flags in front of the file', async () => {
    await serve({ tokens: ['abc'] });
    const user = {
      token: 'abc',
      as: 'ada',
      'as-uid': '7',
      'as-groups': ['dev', 'ops'],
      'as-user-extra': { 'acme.io/Reason': ['a', 'b'] },
    };
    await (await login(user)).list('Service');
    await (await login(user, { as: 'eve', asGroup: ['qa'], asUid: '8' })).list('Service');
    expect(server.seen[0]?.headers).toMatchObject({
      'impersonate-user': 'ada',
      'impersonate-uid': '7',
      'impersonate-group': 'dev, ops',
      'impersonate-extra-acme.io%2freason': 'a, b',
    });
    expect(server.seen[1]?.headers).toMatchObject({
      'impersonate-user': 'eve',
      'impersonate-uid': '8',
      'impersonate-group': 'qa',
    });
  });

  it('of groups without a user is refused', async () => {
    await serve({});
    expect(await faultOf(login({}, { asGroup: ['dev'] }))).toMatchObject({ kind: 'config' });
  });
});

describe('nobody', () => {
  it('is told that no credentials are there', async () => {
    await serve({ tokens: ['abc'] });
    const fault = await faultOf((await login(undefined)).list('Service'));
    expect(fault.message).toContain('Nobody is logged in: the kubeconfig of context "test" holds no credentials');
  });

  it('is told when the context names a user that is not there', async () => {
    await serve({ tokens: ['abc'] });
    const text = kubeConfigText({ server: server.url, ca: authority.cert, user: {} }).replace(
      '"name":"me"',
      '"name":"you"',
    );
    const reader = await connect({ kubeconfig: writeIn(tempFolder(), 'config', text) }, fakeRuntime({ stdin: '' }));
    open.push(reader);
    const fault = await faultOf(reader.list('Service'));
    expect(fault.message).toContain('names the user "me", which no kubeconfig defines');
  });

  it('is told to log in where the server answers as to an anonymous user', async () => {
    await serve({});
    const body = JSON.stringify({ kind: 'Status', message: 'pods is forbidden: User "system:anonymous" cannot list' });
    server.play({ do: 'answer', status: 403, body });
    const fault = await faultOf((await login(undefined)).list('Pod'));
    expect(fault).toMatchObject({
      kind: 'unauthorized',
      message: 'Nobody is logged in: the kubeconfig of context "test" holds no credentials.',
    });
  });
});

describe('in a pod', () => {
  it('uses the service account and its namespace, and reads the token again when it is renewed', async () => {
    await serve({ tokens: ['pod-token'] });
    const folder = tempFolder();
    writeIn(folder, 'token', 'pod-token');
    writeIn(folder, 'ca.crt', authority.cert);
    writeIn(folder, 'namespace', 'shop\n');
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) };
    const reader = await connect({}, fakeRuntime({ stdin: '', env }), { serviceAccountDir: folder });
    open.push(reader);
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(reader.namespace).toBe('shop');
    expect(reader.context).toBe(server.url);
    writeFileSync(join(folder, 'token'), 'next');
    server.acceptTokens(['next']);
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(readFileSync(join(folder, 'namespace'), 'utf8')).toBe('shop\n');
  });

  it('a kubeconfig comes first', async () => {
    await serve({ tokens: ['abc'] });
    const env = { KUBERNETES_SERVICE_HOST: '192.0.2.1', KUBERNETES_SERVICE_PORT: '1' };
    const folder = tempFolder();
    writeIn(folder, 'token', 'pod-token');
    const kubeconfig = writeKubeConfig({ server: server.url, ca: authority.cert, user: { token: 'abc' } });
    const reader = await connect({}, fakeRuntime({ stdin: '', env: { ...env, KUBECONFIG: kubeconfig } }), {
      serviceAccountDir: folder,
    });
    open.push(reader);
    expect(reader.context).toBe('test');
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
  });
});
