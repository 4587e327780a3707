import { SnapshotError } from '../collect/snapshot-error.ts';
import { ClusterError } from '../kube/ports.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Plugin } from './command.ts';
import { UnseenError, UsageError } from './command.ts';
import { VERSION } from './version.ts';

/**
 * Prints what went wrong on standard error and gives the exit status: 2 for words and files of the user, 3 when the
 * cluster could not answer or the fault is ours, 130 after Ctrl-C. `verbose` adds the stack of a fault of ours;
 * `meant` is a last line for words that may have been meant otherwise.
 */
export function tellError(error: unknown, plugin: Plugin, runtime: Runtime, verbose: boolean, meant: string): number {
  if (runtime.signal.aborted) return 130;
  const say = (...lines: readonly string[]): void =>
    runtime.stderr.write(`${lines.filter((line) => line !== '').join('\n')}\n`);
  if (error instanceof UsageError || error instanceof SnapshotError) {
    say(`error: ${error.message}`, error.hint, error.hint.includes('the command') ? '' : meant);
    return 2;
  }
  if (error instanceof UnseenError) {
    say(`error: ${error.message}`, error.hint);
    return 3;
  }
  if (error instanceof ClusterError) {
    say(`error: ${error.message}`, error.hint, meant);
    return error.kind === 'config' ? 2 : 3;
  }
  const fault = error instanceof Error ? error : new Error(String(error));
  say(
    `error: kubectl ${plugin.name} ${VERSION} failed: ${fault.message}`,
    'This is a fault of the plugin, not of your cluster. Please report it with the',
    `command line and the output of the same command with -v${verbose ? '' : ', which adds the place of the fault'}.`,
    verbose ? (fault.stack ?? '') : '',
  );
  return 3;
}
