import type { Command } from './command.ts';

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
    run: async (request) => (await import('./print-hook.ts')).runCompletion(request),
  };
}
