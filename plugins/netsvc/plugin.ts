import type { Plugin } from '../../shared/cli/command.ts';
import { check } from './commands/check.ts';
import { completion } from './commands/completion.ts';
import { diagnose } from './commands/diagnose.ts';
import { endpoints } from './commands/endpoints.ts';
import { explain } from './commands/explain.ts';
import { path } from './commands/path.ts';
import { snapshot } from './commands/snapshot.ts';
import { version } from './commands/version.ts';

/** `kubectl netsvc`. */
export const netsvc: Plugin = {
  name: 'netsvc',
  summary: 'Why does this Service not answer, and which one command restores it?',
  commands: [diagnose, check, endpoints, path, snapshot, explain, completion, version],
  defaultCommand: 'diagnose',
  bareCommand: 'check',
  messages: async () => (await import('./messages/messages.ts')).messages,
};
