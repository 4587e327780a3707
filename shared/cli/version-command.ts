import type { Command } from './command.ts';

/** The command that tells the versions of both sides. */
export function versionCommand(plugin: string): Command {
  return {
    name: 'version',
    summary: 'version of the plugin and of the cluster',
    options: [{ name: 'client', type: 'boolean', describe: 'do not ask the cluster' }],
    examples: [
      { line: `kubectl ${plugin} version`, says: 'both sides' },
      { line: `kubectl ${plugin} version --client -o json`, says: 'for scripts, without a cluster' },
    ],
    formats: ['table', 'json', 'yaml'],
    completes: 'nothing',
    run: async (request) => (await import('./tell-versions.ts')).runVersion(request),
  };
}
