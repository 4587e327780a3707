import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { binaryPath } from '../cluster/build/cache.ts';
import { programPath } from '../cluster/build/packages.ts';

export type PluginName = 'netsvc' | 'netdns' | 'netpol' | 'netcni';

export interface PluginRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface RunOptions {
  readonly kubeconfig?: string;
  /** A user of the kubeconfig (`--user`), as kubectl takes it. */
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

const dist = join(import.meta.dirname, '..', '..', 'dist');

/** kubectl of this machine, or the one that is part of the cluster's binary. */
export function kubectlFolder(): string {
  const installed = programPath('kubectl');
  if (installed !== undefined) {
    return dirname(installed);
  }
  const folder = join(dirname(binaryPath('kube')), 'bin');
  const link = join(folder, 'kubectl');
  if (!existsSync(link)) {
    mkdirSync(folder, { recursive: true });
    symlinkSync('../kube', link);
  }
  return folder;
}

/**
 * Runs a built plugin as a user does: kubectl finds it on the PATH by its name.
 * The Node that runs the tests comes first, since the file's first line asks for `node`.
 */
export async function runPlugin(
  name: PluginName,
  args: readonly string[],
  options: RunOptions = {},
): Promise<PluginRun> {
  if (!existsSync(join(dist, `kubectl-${name}`))) {
    throw new Error(`dist/kubectl-${name} is missing: npm run build`);
  }
  const user = options.user === undefined ? [] : [`--user=${options.user}`];
  return await runKubectl([name, ...args, ...user], options);
}

/** kubectl, which is found with the plugins, and where it is to look. */
function kubectlWith(options: RunOptions): { readonly program: string; readonly env: Record<string, string> } {
  const folder = kubectlFolder();
  return {
    program: join(folder, 'kubectl'),
    env: {
      NO_COLOR: '1',
      ...(options.kubeconfig === undefined ? {} : { KUBECONFIG: options.kubeconfig }),
      ...options.env,
      PATH: [dist, dirname(process.execPath), folder, process.env.PATH ?? ''].join(delimiter),
    },
  };
}

/** What a program that still runs has written. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

/** A plugin that runs until it is interrupted. */
export interface RunningPlugin {
  written(): Written;
  /** Waits until what was written satisfies the predicate; fails with all of it when the plugin ends before. */
  until(holds: (written: Written) => boolean): Promise<void>;
  /** Ctrl-C: gives the exit status; of one that has ended, the one it had. */
  interrupt(): Promise<number | null>;
}

/** Starts a built plugin through kubectl, which gives its process to it. */
export function startPlugin(name: PluginName, args: readonly string[], options: RunOptions = {}): RunningPlugin {
  const { program, env } = kubectlWith(options);
  const child = spawn(program, [name, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  const told = new EventEmitter();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
      told.emit('change');
    });
  }
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return {
    written: () => ({ ...written }),
    until: (holds) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!holds(written)) return;
          told.off('change', look);
          resolve();
        };
        told.on('change', look);
        ended.then((code) => reject(new Error(`ended with ${code}:\n${written.stdout}\n${written.stderr}`)), reject);
        look();
      }),
    interrupt: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

export async function runKubectl(args: readonly string[], options: RunOptions = {}): Promise<PluginRun> {
  const { program, env } = kubectlWith(options);
  const started = Date.now();
  const result = await execa(program, args, {
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? 120_000,
    env,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (result.timedOut) {
    throw new Error(`kubectl ${args.join(' ')} did not end in time; it printed:\n${result.stdout}\n${result.stderr}`);
  }
  return {
    exitCode: result.exitCode ?? -1,
    stdout: String(result.stdout),
    stderr: String(result.stderr),
    milliseconds: Date.now() - started,
  };
}

/** Runs a command in a container, as `kubectl exec` does. */
export async function execInPod(
  pod: { readonly namespace: string; readonly name: string; readonly container?: string },
  command: readonly string[],
  kubeconfig: string,
): Promise<PluginRun> {
  const container = pod.container === undefined ? [] : ['-c', pod.container];
  return await runKubectl(['exec', '-n', pod.namespace, pod.name, ...container, '--', ...command], { kubeconfig });
}
