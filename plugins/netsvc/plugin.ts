import type { Plugin } from '../../shared/cli/command.ts';
import { check } from './commands/check.ts';
import { diagnose } from './commands/diagnose.ts';
import { endpoints } from './commands/endpoints.ts';
import { path } from './commands/path.ts';

/** `kubectl netsvc`. */
export const netsvc: Plugin = {
  name: 'netsvc',
  summary: 'Why does this Service not answer, and which one command restores it?',
  commands: [diagnose, check, endpoints, path],
  defaultCommand: 'diagnose',
  bareCommand: 'check',
  messages: async () => (await import('./messages/messages.ts')).messages,
};
