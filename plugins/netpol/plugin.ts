import type { Plugin } from '../../shared/cli/command.ts';
import { completion } from './commands/completion.ts';
import { explain } from './commands/explain.ts';
import { graph } from './commands/graph.ts';
import { matrix } from './commands/matrix.ts';
import { snapshot } from './commands/snapshot.ts';
import { version } from './commands/version.ts';

/** `kubectl netpol`. */
export const netpol: Plugin = {
  name: 'netpol',
  summary: 'Who can reach this, who cannot, by which rule?',
  commands: [matrix, graph, snapshot, explain, completion, version],
  defaultCommand: 'explain',
  bareCommand: 'explain',
  messages: async () => (await import('./messages/messages.ts')).messages,
};
