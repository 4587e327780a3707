import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Runtime } from '../../runtime/runtime.ts';
import { shellQuote } from '../../util/text.ts';
import type { ExecEntry } from '../config/entries.ts';
import { ClusterError } from '../ports.ts';

const SUPPORTED = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/**
 * Runs an exec plugin and returns what it printed. Its messages go to standard error as they come, because a device
 * login waits for the person to read them; with a terminal it also gets standard input. Throws ClusterError: 'config'
 * when it cannot run, 'unauthorized' when it fails; the abort reason on Ctrl-C.
 */
export async function runExecPlugin(
  exec: ExecEntry,
  info: string,
  interactive: boolean,
  runtime: Runtime,
): Promise<string> {
  refuseUnusable(exec, interactive);
  const env: Record<string, string | undefined> = { ...runtime.env };
  for (const { name, value } of exec.env) env[name] = value;
  env.KUBERNETES_EXEC_INFO = info;
  const shareTerminal = interactive && runtime.stderr.isTerminal;
  const { signal } = runtime;
  // Few users have one, and every start would load it.
  const { spawn } = await import('node:child_process');
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, exec.args, {
      cwd: runtime.cwd,
      env,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', shareTerminal ? 'inherit' : 'pipe'],
      windowsHide: true,
    });
    const stop = (): void => {
      child.kill();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    let output = '';
    let complaints = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-2000);
      runtime.stderr.write(text);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', stop);
      reject(cannotRun(exec, error, env.PATH ?? ''));
    });
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (code === 0) resolve(output);
      else
        reject(failed(exec, code === null ? `was ended by ${killedBy}` : `failed with exit code ${code}`, complaints));
    });
  });
}

/** The command as one would type it. */
export function execCommandLine(exec: ExecEntry): string {
  return [exec.command, ...exec.args].map(shellQuote).join(' ');
}

function refuseUnusable(exec: ExecEntry, interactive: boolean): void {
  if (exec.command === '') {
    throw new ClusterError(
      'config',
      'The kubeconfig has a login plugin (exec) without a command.',
      'Create the kubeconfig anew with the tool of your provider.',
    );
  }
  if (!SUPPORTED.includes(exec.apiVersion)) {
    throw new ClusterError(
      'config',
      `The login plugin ${exec.command} is configured for ${exec.apiVersion || 'no apiVersion'}, which kubectl no longer speaks.`,
      'Update the plugin and create the kubeconfig anew, for example: aws eks update-kubeconfig --name CLUSTER',
    );
  }
  if (exec.interactiveMode === 'Always' && !interactive) {
    throw new ClusterError(
      'config',
      `The login plugin ${exec.command} needs a terminal to ask questions, and standard input is none.`,
      'Run the command in a terminal, or log in beforehand with a kubeconfig that holds a token.',
    );
  }
}

function cannotRun(exec: ExecEntry, error: NodeJS.ErrnoException, path: string): ClusterError {
  if (error.code === 'ENOENT' || (error.code === 'EACCES' && !isInPath(exec.command, path))) {
    const hint = exec.installHint === undefined ? '' : `${printable(exec.installHint)}\n`;
    return new ClusterError(
      'config',
      `The login plugin ${exec.command}, which the kubeconfig asks for, is not installed or not in PATH.`,
      `${hint}Install it, or see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`,
    );
  }
  const why = error.code === 'EACCES' ? 'it is not executable' : (error.code ?? error.message);
  return new ClusterError(
    'config',
    `The login plugin ${exec.command} cannot be started: ${why}.`,
    'Mend the exec entry of the kubeconfig.',
  );
}

/** A folder of PATH that may not be entered looks to the system like a program that may not be started. */
function isInPath(command: string, path: string): boolean {
  if (command.includes('/')) return true;
  return path.split(delimiter).some((folder) => existsSync(join(folder, command)));
}

function failed(exec: ExecEntry, how: string, complaints: string): ClusterError {
  const last = printable(complaints)
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1);
  return new ClusterError(
    'unauthorized',
    `The login plugin ${exec.command} ${how}${last === undefined ? '' : `: ${last.trim()}`}`,
    `Log in again, then check that this works: ${execCommandLine(exec)}`,
  );
}

/** Without escape sequences: the text comes from a file or a program and must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
