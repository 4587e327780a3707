import type { Command, CommandResult, Request } from './command.ts';
import { UsageError } from './command.ts';
import { completionHook } from './completion-hook.ts';

const SHELLS: readonly string[] = ['bash', 'zsh', 'fish', 'powershell'];

/** The command that prints the hook by which kubectl completes the plugin's words. */
export function completionCommand(plugin: string): Command {
  const hook = `kubectl_complete-${plugin}`;
  return {
    name: 'completion',
    summary: `print the hook for kubectl's shell completion`,
    about:
      `kubectl 1.26 and later asks an executable named ${hook}, when one stands in PATH, for commands, flags and names. ` +
      `Save the printed script under that name in a folder of PATH, on Windows as ${hook}.cmd; kubectl's own completion ` +
      `must be set up for your shell (kubectl completion --help).`,
    examples: [
      { line: `kubectl ${plugin} completion > ~/.local/bin/${hook}`, says: 'write the hook into a folder of PATH' },
      { line: `chmod +x ~/.local/bin/${hook}`, says: 'and make it executable' },
      { line: `kubectl ${plugin} completion powershell`, says: 'the command file for Windows' },
    ],
    readsFacts: false,
    formats: [],
    completes: 'nothing',
    run: runCompletion,
  };
}

async function runCompletion({ plugin, args, runtime }: Request): Promise<CommandResult> {
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
