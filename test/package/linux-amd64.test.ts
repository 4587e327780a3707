import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../shared/testing/api-server.ts';
import { createTestAuthority } from '../../shared/testing/certs.ts';
import { kubeConfigText } from '../../shared/testing/kubeconfig.ts';
import { type TempFiles, tempFiles } from '../../shared/testing/temp-files.ts';
import { because, binary, cannotRun, incidents, NAMES, runBare } from './packaged.ts';

const reason = cannotRun();
const suiteReason = cannotRun(['net']);
const NOBODY = 65534;

let files: TempFiles;
beforeAll(() => {
  files = tempFiles();
  chmodSync(files.folder, 0o755);
});
afterAll(() => files.remove());

describe.skipIf(reason !== undefined).each(NAMES)(`the single binary kubectl-%s${because(reason)}`, (plugin) => {
  it('tells its version without Node or anything else of the machine', async () => {
    const run = await runBare(binary(plugin), ['version', '--client']);
    expect(run.stdout).toMatch(new RegExp(`^Client +kubectl-${plugin} \\d+\\.\\d+\\.\\d+ \\(Node v22`));
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('answers recorded incidents as it does from its sources', async () => {
    const all = incidents(plugin);
    for (const { words, expected, name } of all.filter((_, at) => at % Math.ceil(all.length / 6) === 0)) {
      const run = await runBare(binary(plugin), words);
      expect({ name, ...run }).toMatchObject({ name, stdout: expected, stderr: '' });
    }
  });

  it.each([
    ['nonsense', { NODE_OPTIONS: '--nope', NODE_EXTRA_CA_CERTS: '/no/such/file.pem' }],
    ['valid values', { NODE_OPTIONS: '--max-old-space-size=512 --no-warnings', NODE_EXTRA_CA_CERTS: '/etc/passwd' }],
    ['settings meant for programs under development', { NODE_OPTIONS: '--inspect-brk --require /no/such/file.js' }],
  ])('is not moved by %s in the variables of Node', async (_, env) => {
    const run = await runBare(binary(plugin), ['--version'], { env });
    expect(run).toEqual({ code: 0, stdout: expect.stringContaining(`kubectl ${plugin} `), stderr: '' });
  });

  it('takes the flags of Node for flags it does not know', async () => {
    const run = await runBare(binary(plugin), ['explain', '--inspect']);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^error: .*inspect/);
  });

  it('runs through a link of another name, from another folder', async () => {
    const link = files.path(`link-to-${plugin}`);
    symlinkSync(binary(plugin), link);
    const run = await runBare(`./${relative(files.folder, link)}`, ['--version'], { cwd: files.folder });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining(`kubectl ${plugin} `) });
  });

  it('answers completions when it is called as kubectl_complete', async () => {
    const link = files.path(`kubectl_complete-${plugin}`);
    symlinkSync(binary(plugin), link);
    expect((await runBare(link, ['vers'])).stdout).toMatch(/^version\t.*\n:4\n$/);
  });

  it('runs from a folder that nobody may write, for a user without rights and home', async () => {
    const folder = files.path(`locked-${plugin}`);
    mkdirSync(folder);
    const copy = join(folder, `kubectl-${plugin}`);
    copyFileSync(binary(plugin), copy);
    chmodSync(copy, 0o555);
    chmodSync(folder, 0o555);
    const nobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const run = await runBare(copy, ['--help'], { cwd: '/', ...nobody });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.length).toBeGreaterThan(200);
    chmodSync(folder, 0o755);
  });
});

describe.skipIf(reason !== undefined)(`a single binary and a server over TLS${because(reason)}`, () => {
  const authority = createTestAuthority();
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({ tls: authority.issue({ hosts: ['127.0.0.1'] }), tokens: ['secret'] });
    files.write('kubeconfig', kubeConfigText({ server: server.url, ca: authority.cert, user: { token: 'secret' } }));
    files.write('no-ca', kubeConfigText({ server: server.url, user: { token: 'secret' } }));
    files.write('ca.pem', authority.cert);
  });
  afterAll(() => server.close());

  it.each(NAMES)('kubectl-%s asks it', async (plugin) => {
    const run = await runBare(binary(plugin), ['version', '--kubeconfig', files.path('kubeconfig')]);
    expect(run.stdout).toMatch(/^Server +v?1\./m);
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('trusts the authority of NODE_EXTRA_CA_CERTS, as other programs on Node do', async () => {
    const words = ['version', '--kubeconfig', files.path('no-ca')];
    const without = await runBare(binary('netsvc'), words);
    expect(`${without.stdout}${without.stderr}`).toMatch(/certificate/);
    const with_ = await runBare(binary('netsvc'), words, { env: { NODE_EXTRA_CA_CERTS: files.path('ca.pem') } });
    expect(with_.stdout).toMatch(/^Server +v?1\./m);
  });

  it('works when NODE_EXTRA_CA_CERTS names a file that is not there, or holds nonsense', async () => {
    for (const path of ['/no/such/file.pem', files.path('kubeconfig')]) {
      const run = await runBare(binary('netsvc'), ['version', '--kubeconfig', files.path('kubeconfig')], {
        env: { NODE_EXTRA_CA_CERTS: path },
      });
      expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Server +v?1\./m) });
    }
  });
});

describe.skipIf(suiteReason !== undefined)(`the file with all plugins${because(suiteReason)}`, () => {
  it.each(NAMES)('is kubectl-%s when it is called so', async (plugin) => {
    const link = files.path(`kubectl-${plugin}`);
    symlinkSync(binary('net'), link);
    const run = await runBare(link, ['--version']);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining(`kubectl ${plugin} `), stderr: '' });
  });

  it('takes the name as its first word too', async () => {
    const run = await runBare(binary('net'), ['netdns', '--version']);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('kubectl netdns ') });
  });

  it('says how to call it when no name is given', async () => {
    const run = await runBare(binary('net'), []);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^error: this file holds several programs; call it as kubectl-netcni, /);
  });
});
