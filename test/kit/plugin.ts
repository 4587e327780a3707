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

export async function runKubectl(args: readonly string[], options: RunOptions = {}): Promise<PluginRun> {
  const folder = kubectlFolder();
  const path = [dist, dirname(process.execPath), folder, process.env.PATH ?? ''].join(delimiter);
  const started = Date.now();
  const result = await execa(join(folder, 'kubectl'), args, {
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? 120_000,
    env: {
      NO_COLOR: '1',
      ...(options.kubeconfig === undefined ? {} : { KUBECONFIG: options.kubeconfig }),
      ...options.env,
      PATH: path,
    },
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
