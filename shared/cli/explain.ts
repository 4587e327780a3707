import type { Command } from './command.ts';

/** The command that tells what a code means; all codes in short without one. */
export function explainCommand(plugin: string, example: string): Command {
  return {
    name: 'explain',
    usage: '[CODE]',
    summary: 'what a code means, why it happens and what to do',
    examples: [
      { line: `kubectl ${plugin} explain ${example}`, says: 'one code' },
      { line: `kubectl ${plugin} explain`, says: 'all codes' },
    ],
    readsFacts: false,
    formats: ['table', 'json', 'yaml'],
    completes: 'code',
    run: async (request) => (await import('./explain-code.ts')).runExplain(request),
  };
}
