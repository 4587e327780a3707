import { type CommandResult, type Request, UsageError } from './command.ts';
import { completionHook } from './completion-hook.ts';

const SHELLS: readonly string[] = ['bash', 'zsh', 'fish', 'powershell'];

/** `completion`: the hook as text, to be saved. */
export async function runCompletion({ plugin, args, runtime }: Request): Promise<CommandResult> {
  const [shell] = args;
  if (shell !== undefined && !SHELLS.includes(shell)) {
    throw new UsageError(
      `completion takes no word like ${shell}`,
      'One hook serves every shell; powershell has its own.',
    );
  }
  const windows = shell === 'powershell';
  if (runtime.stdout.isTerminal) {
    const file = windows ? `kubectl_complete-${plugin.name}.cmd` : `kubectl_complete-${plugin.name}`;
    runtime.stderr.write(`# Save this as ${file} in a folder of PATH${windows ? '' : ', executable'}.\n`);
  }
  return { type: 'text', text: completionHook(plugin.name, windows ? 'windows' : 'posix') };
}
