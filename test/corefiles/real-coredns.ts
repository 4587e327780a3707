import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CorefileCase, caseEnvironment } from './read-cases.ts';

export interface RealAnswer {
  readonly valid: boolean;
  /** What CoreDNS printed, or that it did not end. */
  readonly output: string;
}

/** A network and a folder of credentials of its own, so that ports are free and plugin kubernetes finds a cluster. */
const PREPARE = [
  'ip link set lo up',
  'mkdir -p /var/run/secrets && mount -t tmpfs none /var/run/secrets',
  'mkdir -p /var/run/secrets/kubernetes.io/serviceaccount',
  'echo token > /var/run/secrets/kubernetes.io/serviceaccount/token',
  ': > /var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
  'exec "$0" -conf Corefile',
].join(' && ');

/** Said once all plugins are set up and the servers made: plugin kubernetes then waits for an API that is not there. */
const STARTED = /^CoreDNS-\d|waiting for Kubernetes API before starting server/m;

const LONGEST = 10_000;

/** Starts a real CoreDNS with a Corefile and tells whether it would serve; it is ended in any case. */
export async function askCoreDns(binary: string, { text, files }: CorefileCase): Promise<RealAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'corefile-'));
  try {
    await writeFile(join(folder, 'Corefile'), text);
    for (const [path, content] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await run(binary, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(binary: string, folder: string): Promise<RealAnswer> {
  return new Promise((resolve) => {
    const child = spawn('unshare', ['-n', '-m', 'sh', '-c', PREPARE, binary], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: '1',
        ...Object.fromEntries(caseEnvironment),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST);
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      if (STARTED.test(output)) child.kill('SIGKILL');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ valid: STARTED.test(output), output });
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ valid: false, output: `could not start: ${error.message}` });
    });
  });
}
