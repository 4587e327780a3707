import type { Command, CommandResult, Request } from './command.ts';
import { UsageError } from './command.ts';
import { completionHook } from './completion-hook.ts';

/** The command that prints the hook by which kubectl completes the plugin's words. */
export function completionCommand(plugin: string): Command {
  const hook = `kubectl_complete-${plugin}`;
  return {
    name: 'completion',
    summary: `print the hook for kubectl's shell completion`,
    about:
      `kubectl 1.26 and later asks an executable named ${hook}, when one stands in PATH, for commands, flags and the ` +
      `names of Services. Save the printed script under that name beside the plugin; kubectl's own completion must be ` +
      `set up for your shell (kubectl completion --help).`,
    examples: [
      { line: `kubectl ${plugin} completion > ~/.local/bin/${hook}`, says: 'write the hook into a folder of PATH' },
      { line: `chmod +x ~/.local/bin/${hook}`, says: 'and make it executable' },
    ],
    readsFacts: false,
    formats: [],
    completes: 'nothing',
    run: runCompletion,
  };
}

async function runCompletion({ plugin, args, runtime }: Request): Promise<CommandResult> {
  const [shell] = args;
  if (shell !== undefined && !['bash', 'zsh', 'fish', 'powershell'].includes(shell)) {
    throw new UsageError(`completion takes no word like ${shell}`, 'One hook serves every shell.');
  }
  if (runtime.stdout.isTerminal) {
    runtime.stderr.write(`# Save this as kubectl_complete-${plugin.name} in a folder of PATH, executable.\n`);
  }
  return { type: 'text', text: completionHook(plugin.name) };
}
