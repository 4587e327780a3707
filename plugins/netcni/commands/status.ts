import type { Command } from '../../../shared/cli/command.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';

/** What network there is, without a judgement. */
export const status: Command = {
  name: 'status',
  summary: 'what network this is: plugin, tunnel, MTU, addresses, encryption, policy, kube-proxy, ranges',
  about: 'Facts only, each with the object it was read from. What was not to be read is told as not known.',
  examples: [
    { line: 'kubectl netcni status', says: 'the cluster of the current context' },
    { line: 'kubectl netcni status --snapshot dump/ -o json', says: 'a recording, for scripts' },
  ],
  options: [wholeClusterOption],
  formats: ['table', 'json', 'yaml'],
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/status.ts')).runStatus(request),
};
