import type { Plugin } from '../../shared/cli/command.ts';
import { check } from './commands/check.ts';
import { completion } from './commands/completion.ts';
import { corefile } from './commands/corefile.ts';
import { explain } from './commands/explain.ts';
import { logs } from './commands/logs.ts';
import { snapshot } from './commands/snapshot.ts';
import { version } from './commands/version.ts';

/** `kubectl netdns`. */
export const netdns: Plugin = {
  name: 'netdns',
  summary: 'Why does this name not resolve, or resolve slowly?',
  commands: [check, corefile, logs, snapshot, explain, completion, version],
  defaultCommand: 'check',
  bareCommand: 'check',
  messages: async () => (await import('./messages/messages.ts')).messages,
};
