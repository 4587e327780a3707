import type { Plugin } from '../../shared/cli/command.ts';
import { assert } from './commands/assert.ts';
import { canReach } from './commands/can-reach.ts';
import { completion } from './commands/completion.ts';
import { diff } from './commands/diff.ts';
import { explain } from './commands/explain.ts';
import { generate } from './commands/generate.ts';
import { graph } from './commands/graph.ts';
import { lint } from './commands/lint.ts';
import { matrix } from './commands/matrix.ts';
import { policies } from './commands/policies.ts';
import { snapshot } from './commands/snapshot.ts';
import { version } from './commands/version.ts';
import { whatCan, whoCanReach } from './commands/who-can-reach.ts';

/** `kubectl netpol`. */
export const netpol: Plugin = {
  name: 'netpol',
  summary: 'Who can reach this, who cannot, by which rule?',
  commands: [
    whoCanReach,
    canReach,
    whatCan,
    policies,
    matrix,
    graph,
    lint,
    diff,
    assert,
    generate,
    snapshot,
    explain,
    completion,
    version,
  ],
  defaultCommand: 'who-can-reach',
  bareCommand: 'lint',
  messages: async () => (await import('./messages/messages.ts')).messages,
};
