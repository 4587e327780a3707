import type { Plugin } from '../../shared/cli/command.ts';
import { check } from './commands/check.ts';
import { completion } from './commands/completion.ts';
import { corefile } from './commands/corefile.ts';
import { explain } from './commands/explain.ts';
import { explainSearch } from './commands/explain-search.ts';
import { logs } from './commands/logs.ts';
import { metrics } from './commands/metrics.ts';
import { records } from './commands/records.ts';
import { resolvconf } from './commands/resolvconf.ts';
import { resolve } from './commands/resolve.ts';
import { snapshot } from './commands/snapshot.ts';
import { version } from './commands/version.ts';

/** `kubectl netdns`. */
export const netdns: Plugin = {
  name: 'netdns',
  summary: 'Why does this name not resolve, or resolve slowly?',
  commands: [
    check,
    resolve,
    explainSearch,
    records,
    corefile,
    logs,
    metrics,
    resolvconf,
    snapshot,
    explain,
    completion,
    version,
  ],
  defaultCommand: 'resolve',
  bareCommand: 'check',
  messages: async () => (await import('./messages/messages.ts')).messages,
};
