import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { faultOf } from '../testing/fault-of.ts';
import { base64, kubeConfigText, tempFolder, writeIn } from '../testing/kubeconfig.ts';
import { connect } from './connect.ts';
import type { ClusterReader } from './ports.ts';

const authority = createTestAuthority();
const tls = authority.issue({ hosts: ['127.0.0.1'] });

/** The test's clock stands at 2026-03-01 12:00. */
function token(name: string, expires: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: name, exp: Date.parse(expires) / 1000 })}.x`;
}
const valid = token('valid', '2026-03-01T13:00:00Z');
const expired = token('expired', '2026-03-01T11:00:00Z');
const renewed = token('renewed', '2026-03-01T14:00:00Z');

let server: ApiServer;
let issuer: https.Server;
let issuerUrl: string;
let forms: { body: string; authorization: string | undefined }[];
let wantsForm: boolean;
let open: ClusterReader | undefined;

beforeEach(async () => {
  forms = [];
  wantsForm = false;
  server = await startApiServer({ tls, tokens: [valid, renewed] });
  issuer = https.createServer(tls, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/dex/.well-known/openid-configuration') {
        response.end(JSON.stringify({ issuer: issuerUrl, token_endpoint: `${issuerUrl}/token` }));
        return;
      }
      forms.push({ body, authorization: request.headers.authorization });
      const form = new URLSearchParams(body);
      const known = wantsForm ? form.get('client_secret') === 's3cret' : request.headers.authorization !== undefined;
      const granted = known && form.get('refresh_token') === 'refresh-1';
      response.statusCode = granted ? 200 : 400;
      response.end(
        JSON.stringify(granted ? { id_token: renewed, refresh_token: 'refresh-2' } : { error: 'invalid_grant' }),
      );
    });
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  issuerUrl = `https://127.0.0.1:${(issuer.address() as AddressInfo).port}/dex`;
});

afterEach(async () => {
  open?.close();
  await server.close();
  issuer.closeAllConnections();
  await new Promise<void>((resolve) => issuer.close(() => resolve()));
});

function write(config: Readonly<Record<string, string>>): string {
  const user = {
    'auth-provider': {
      name: 'oidc',
      config: {
        'client-id': 'kubectl',
        'client-secret': 's3cret',
        'idp-issuer-url': issuerUrl,
        'idp-certificate-authority-data': base64(authority.cert),
        ...config,
      },
    },
  };
  return writeIn(tempFolder(), 'config', kubeConfigText({ server: server.url, ca: authority.cert, user }));
}

async function login(kubeconfig: string, runtime = fakeRuntime({ stdin: '' })): Promise<ClusterReader> {
  open = await connect({ kubeconfig }, runtime);
  return open;
}

describe('the auth provider oidc', () => {
  it('uses the id-token as long as it is valid', async () => {
    const reader = await login(write({ 'id-token': valid, 'refresh-token': 'refresh-1' }));
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(forms).toEqual([]);
  });

  it('renews an expired token once and keeps the new ones in the kubeconfig, as kubectl does', async () => {
    const file = write({ 'id-token': expired, 'refresh-token': 'refresh-1' });
    const reader = await login(file);
    const results = await Promise.all([reader.list('Service'), reader.list('Pod')]);
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(forms).toHaveLength(1);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(renewed);
    expect(text).toContain('refresh-2');
    expect(text).not.toContain('refresh-1');
    expect(text).not.toContain(expired);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('sends the client secret in the form when the issuer wants it there', async () => {
    wantsForm = true;
    const reader = await login(write({ 'id-token': expired, 'refresh-token': 'refresh-1' }));
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(forms).toHaveLength(2);
  });

  it('writes through a link and leaves it a link', async () => {
    const file = write({ 'id-token': expired, 'refresh-token': 'refresh-1' });
    const link = join(tempFolder(), 'config');
    symlinkSync(file, link);
    await (await login(link)).list('Service');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(renewed);
  });

  it('warns when the new tokens cannot be kept', async () => {
    const file = write({ 'id-token': expired, 'refresh-token': 'refresh-1' });
    writeIn(join(file, '..'), 'config.lock', '');
    const runtime = fakeRuntime({ stdin: '' });
    expect(await (await login(file, runtime)).list('Service')).toMatchObject({ status: 'ok' });
    expect(runtime.written.stderr).toContain('the renewed login could not be saved');
  });

  it.each([
    ['without a refresh-token', { 'id-token': expired }, 'there is no refresh-token'],
    [
      'with one that is refused',
      { 'id-token': expired, 'refresh-token': 'used' },
      'refused the refresh-token: invalid_grant',
    ],
  ])('asks to log in again %s', async (_what, config, words) => {
    const fault = await faultOf((await login(write(config))).list('Service'));
    expect(fault.kind).toBe('unauthorized');
    expect(fault.message).toContain(words);
  });

  it('names an issuer that cannot be reached', async () => {
    const config = { 'id-token': expired, 'refresh-token': 'refresh-1', 'idp-issuer-url': 'https://127.0.0.1:1' };
    const fault = await faultOf((await login(write(config))).list('Service'));
    expect(fault.message).toContain('https://127.0.0.1:1 did not answer');
  });

  it('is the only one that kubectl still knows', async () => {
    const user = { 'auth-provider': { name: 'gcp' } };
    const kubeconfig = writeIn(
      tempFolder(),
      'config',
      kubeConfigText({ server: server.url, ca: authority.cert, user }),
    );
    const fault = await faultOf(login(kubeconfig));
    expect(fault.message).toContain('"gcp", which kubectl no longer supports');
    expect(fault.hint).toContain('gke-gcloud-auth-plugin');
  });
});
