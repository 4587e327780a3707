import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { type FakeRuntime, fakeRuntime } from '../testing/fake-runtime.ts';
import { faultOf } from '../testing/fault-of.ts';
import { tempFolder, writeIn, writeKubeConfig } from '../testing/kubeconfig.ts';
import { connect } from './connect.ts';
import type { ClusterReader } from './ports.ts';

const authority = createTestAuthority();
const clientAuthority = createTestAuthority('client authority');
const tls = authority.issue({ hosts: ['127.0.0.1'] });
const V1 = 'client.authentication.k8s.io/v1';

let server: ApiServer;
const open: ClusterReader[] = [];
const env = { PATH: process.env.PATH };

afterEach(async () => {
  for (const reader of open.splice(0)) reader.close();
  await server.close();
});

/**
 * A login plugin: a script that counts its runs in `runs`, keeps what it was told in `info`, and then does what `body`
 * says. `n` is the number of the run.
 */
function plugin(body: string): { readonly folder: string; readonly exec: Record<string, unknown> } {
  const folder = tempFolder();
  const script = writeIn(
    folder,
    'plugin.cjs',
    `const fs = require('node:fs');
     const runs = ${JSON.stringify(join(folder, 'runs'))};
     const n = (fs.existsSync(runs) ? Number(fs.readFileSync(runs, 'utf8')) : 0) + 1;
     fs.writeFileSync(runs, String(n));
     fs.writeFileSync(${JSON.stringify(join(folder, 'info'))}, process.env.KUBERNETES_EXEC_INFO ?? '');
     const give = (status) => console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: '${V1}', status }));
     ${body}`,
  );
  return {
    folder,
    exec: { apiVersion: V1, command: process.execPath, args: [script], interactiveMode: 'IfAvailable' },
  };
}

async function login(
  exec: Readonly<Record<string, unknown>>,
  runtime: FakeRuntime = fakeRuntime({ stdin: '', env }),
  cluster: Readonly<Record<string, unknown>> = {},
): Promise<ClusterReader> {
  const kubeconfig = writeKubeConfig({ server: server.url, ca: authority.cert, user: { exec }, cluster });
  const reader = await connect({ kubeconfig }, runtime);
  open.push(reader);
  return reader;
}

const runsOf = (folder: string): string => readFileSync(join(folder, 'runs'), 'utf8');

describe('exec plugins', () => {
  it('are run once for many questions', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const { folder, exec } = plugin(`give({ token: 't' + n });`);
    const reader = await login(exec);
    const results = await Promise.all([reader.list('Service'), reader.list('Pod'), reader.version()]);
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(runsOf(folder)).toBe('1');
  });

  it('are run once more when the server refuses their token, and never again', async () => {
    server = await startApiServer({ tls, tokens: ['t2'] });
    const { folder, exec } = plugin(`give({ token: 't' + n });`);
    const reader = await login(exec);
    const results = await Promise.all([reader.list('Service'), reader.list('Pod'), reader.list('Node')]);
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(runsOf(folder)).toBe('2');
    server.acceptTokens(['none']);
    const fault = await faultOf(reader.list('Service'));
    expect(fault).toMatchObject({ kind: 'unauthorized' });
    expect(fault.message).toContain('the server does not accept what');
    expect(fault.hint).toContain('plugin.cjs');
    expect(runsOf(folder)).toBe('3');
  });

  it('are run before the first question, and again when their token has expired', async () => {
    server = await startApiServer({ tls, tokens: ['t2', 't3'] });
    const { folder, exec } = plugin(`give({ token: 't' + n, expirationTimestamp: '2026-03-01T11:59:59Z' });`);
    const reader = await login(exec);
    expect(runsOf(folder)).toBe('1');
    await reader.list('Service');
    await reader.list('Service');
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t2', 'Bearer t3']);
  });

  it('give client certificates', async () => {
    server = await startApiServer({ tls, clientCa: clientAuthority.cert });
    const ada = clientAuthority.issue({ name: 'ada' });
    const { exec } = plugin(
      `give({ clientCertificateData: ${JSON.stringify(ada.cert)}, clientKeyData: ${JSON.stringify(ada.key)} });`,
    );
    expect(await (await login(exec)).list('Service')).toMatchObject({ status: 'ok' });
    expect(server.seen[0]?.certificate).toBe('ada');
  });

  it('are told about the cluster when they want to know, and get the environment of their entry', async () => {
    server = await startApiServer({ tls, tokens: ['from-env'] });
    const { folder, exec } = plugin(`give({ token: process.env.WHICH });`);
    const cluster = {
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'prod' } }],
      'tls-server-name': '127.0.0.1',
    };
    const entry = { ...exec, provideClusterInfo: true, env: [{ name: 'WHICH', value: 'from-env' }] };
    await (await login(entry, undefined, cluster)).list('Service');
    expect(JSON.parse(readFileSync(join(folder, 'info'), 'utf8'))).toEqual({
      kind: 'ExecCredential',
      apiVersion: V1,
      spec: {
        interactive: false,
        cluster: {
          server: server.url,
          'tls-server-name': '127.0.0.1',
          'certificate-authority-data': Buffer.from(authority.cert).toString('base64'),
          config: { audience: 'prod' },
        },
      },
    });
  });

  it('are told less when they do not ask', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const { folder, exec } = plugin(`give({ token: 't1' });`);
    await (await login(exec, fakeRuntime({ env }))).list('Service');
    expect(JSON.parse(readFileSync(join(folder, 'info'), 'utf8')).spec).toEqual({ interactive: true });
  });

  it('may speak to the person, as they go', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const { exec } = plugin(`console.error('Open https://login.example and enter ABC'); give({ token: 't1' });`);
    const runtime = fakeRuntime({ stdin: '', env });
    await (await login(exec, runtime)).list('Service');
    expect(runtime.written.stderr).toBe('Open https://login.example and enter ABC\n');
    expect(runtime.written.stdout).toBe('');
  });

  it('that fail are told with their last words and the command to try', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const { exec } = plugin(`console.error('\\x1b[31mSSO session has expired\\x1b[0m'); process.exit(3);`);
    const fault = await faultOf(login(exec).then((reader) => reader.list('Service')));
    expect(fault).toMatchObject({ kind: 'unauthorized' });
    expect(fault.message).toMatch(/failed with exit code 3: SSO session has expired$/);
    expect(fault.hint).toMatch(/^Log in again, then check that this works: .*plugin\.cjs$/);
  });

  it('that are not installed are told with the hint of the kubeconfig', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const exec = {
      apiVersion: V1,
      command: 'kubectl-net-no-such-plugin',
      installHint: 'Install it with:\n  brew install x',
    };
    const fault = await faultOf(login(exec).then((reader) => reader.list('Service')));
    expect(fault).toMatchObject({
      kind: 'config',
      message:
        'The login plugin kubectl-net-no-such-plugin, which the kubeconfig asks for, is not installed or not in PATH.',
    });
    expect(fault.hint).toContain('Install it with:\n  brew install x\n');
  });

  it('that need a terminal are not started without one', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const { exec } = plugin(`give({ token: 't1' });`);
    const fault = await faultOf(login({ ...exec, interactiveMode: 'Always' }).then((reader) => reader.list('Service')));
    expect(fault.message).toContain('needs a terminal');
  });

  it.each([
    [`console.log('hello');`, 'printed something that is not JSON'],
    ['', 'printed nothing'],
    ['console.log(JSON.stringify({}));', 'is not an ExecCredential'],
    [
      `console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1beta1' }));`,
      'v1beta1, but',
    ],
    ['give({});', 'neither a token nor a certificate'],
    [`give({ clientKeyData: 'x' });`, 'only half of a client certificate'],
  ])('that answer wrongly are told: %s', async (body, words) => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const { exec } = plugin(body);
    const fault = await faultOf(login(exec).then((reader) => reader.list('Service')));
    expect(fault.kind).toBe('config');
    expect(fault.message).toContain(words);
  });

  it('of a version that kubectl no longer speaks are told', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'aws' };
    const fault = await faultOf(login(exec).then((reader) => reader.list('Service')));
    expect(fault.message).toContain('v1alpha1, which kubectl no longer speaks');
  });

  it('are ended by Ctrl-C', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const { exec } = plugin('setInterval(() => undefined, 1000);');
    const runtime = fakeRuntime({ stdin: '', env });
    const question = login(exec, runtime);
    setTimeout(() => runtime.interrupt(), 100);
    await expect(question).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('in the folder of the kubeconfig are found from there', async () => {
    server = await startApiServer({ tls, tokens: ['t1'] });
    const exec = { apiVersion: V1, command: './bin/missing' };
    const fault = await faultOf(login(exec).then((reader) => reader.list('Service')));
    expect(fault.message).toMatch(/^The login plugin \/.*\/bin\/missing, /);
  });
});
