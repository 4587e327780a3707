import type { Plugin } from '../../shared/cli/command.ts';
import { check } from './commands/check.ts';
import { completion } from './commands/completion.ts';
import { explain } from './commands/explain.ts';
import { ipam } from './commands/ipam.ts';
import { mtu } from './commands/mtu.ts';
import { path } from './commands/path.ts';
import { pod } from './commands/pod.ts';
import { ranges } from './commands/ranges.ts';
import { rules } from './commands/rules.ts';
import { snapshot } from './commands/snapshot.ts';
import { status } from './commands/status.ts';
import { version } from './commands/version.ts';

/** `kubectl netcni`. */
export const netcni: Plugin = {
  name: 'netcni',
  summary: 'Is the network under the pods sound?',
  commands: [check, status, ipam, mtu, ranges, path, pod, rules, snapshot, explain, completion, version],
  defaultCommand: 'check',
  bareCommand: 'check',
  messages: async () => (await import('./messages/messages.ts')).messages,
};
