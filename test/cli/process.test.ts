import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePlugin } from '../../scripts/bundle-plugin.ts';
import { startApiServer } from '../../shared/testing/api-server.ts';
import { namespace, service } from '../../shared/testing/builders.ts';
import { type TempFiles, tempFiles } from '../../shared/testing/temp-files.ts';
import { scenario, scenarioNames } from './facts.ts';

/** A line whose output is longer than the buffer of a pipe. */
const LONG = [
  'check',
  ...scenarioNames()
    .filter((name) => /^(selector|probe|pending|target)-/.test(name))
    .flatMap((name) => ['--snapshot', `test/scenarios/${name}/facts`]),
  '-o',
  'json',
];

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: TempFiles;
let binary = '';
let bytes = 0;

beforeAll(async () => {
  folder = tempFiles();
  folder.write('package.json', { type: 'commonjs' });
  binary = folder.path('kubectl-netsvc');
  ({ bytes } = await bundlePlugin({ folder: 'plugins/netsvc', outFile: binary, version: '1.2.3' }));
}, 120_000);

afterAll(() => folder.remove());

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawn(process.execPath, [binary, ...args], {
    env: { ...process.env, KUBECONFIG: folder.path('no-kubeconfig'), ...env },
  });
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = start(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** An API server that accepts a request and never answers. */
async function silentServer(): Promise<{ url: string; asked: Promise<void>; close: () => void }> {
  let heard: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const server = createServer(() => heard());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
}

describe('the bundle as a program', () => {
  it('is one file of at most 450 kB', () => {
    expect(bytes).toBeLessThanOrEqual(450_000);
  });

  it('knows its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: 'kubectl netsvc 1.2.3\n', stderr: '' });
  });

  it('names the cause of a recorded incident with exit status 1', async () => {
    const ended = await run([
      'payment-service',
      ...scenario('selector-relabelled-in-release').split(' '),
      '-n',
      'shop',
    ]);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^BROKEN {2}Service shop\/payment-service selects app=payment,tier=api/);
    expect(ended.stderr).toBe('');
  });

  it('writes all of a long output into a pipe before it ends', async () => {
    const ended = await run(LONG);
    expect(ended.stdout.length).toBeGreaterThan(80_000);
    expect(JSON.parse(ended.stdout).items.length).toBeGreaterThan(5);
  });

  it('is silent when the reader of its output has gone', async () => {
    const child = start(LONG);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toBe('');
    expect(code).toBe(1);
  });

  it('ends at once with 130 on Ctrl-C while the server is silent', async () => {
    const server = await silentServer();
    try {
      const child = start(['web', '--server', server.url]);
      const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
      await server.asked;
      child.kill('SIGINT');
      expect(await ended).toBe(130);
    } finally {
      server.close();
    }
  });

  it('watches until Ctrl-C, and says nothing after it', async () => {
    const server = await startApiServer({ objects: [service('web'), namespace('shop')] });
    const child = start(['web', '-n', 'shop', '-w', '--server', server.url]);
    let [stdout, stderr] = ['', ''];
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    try {
      await new Promise<void>((resolve) =>
        child.stdout.on('data', (chunk) => {
          stdout += String(chunk);
          resolve();
        }),
      );
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(stdout).toMatch(/^BROKEN/);
      expect(stderr).toBe('');
    } finally {
      child.kill('SIGKILL');
      await server.close();
    }
  });

  it('ends a watch with its last status when the reader has gone and there is something to tell', async () => {
    const server = await startApiServer({ objects: [service('web'), namespace('shop')] });
    const child = start(['web', '-n', 'shop', '-w', '--server', server.url]);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.stdout.destroy();
      server.play({ do: 'answer', status: 403 });
      expect(await ended).toBe(3);
      expect(stderr).toBe('');
    } finally {
      child.kill('SIGKILL');
      await server.close();
    }
  });

  it('says which Node it needs when it meets an old one', async () => {
    const { readFile } = await import('node:fs/promises');
    const [, check = ''] = (await readFile(binary, 'utf8')).split('\n');
    const said: string[] = [];
    const fake = {
      versions: { node: '18.19.0' },
      version: 'v18.19.0',
      execPath: '/usr/bin/node',
      stderr: { write: (text: string) => said.push(text) },
      exit: (code: number) => said.push(String(code)),
    };
    new Function('process', check)(fake);
    expect(said).toEqual(['error: this plugin needs Node.js 20 or newer; /usr/bin/node is v18.19.0\n', '2']);
  });
});
