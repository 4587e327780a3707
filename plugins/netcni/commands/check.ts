import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';
import { nodeOption } from '../node-option.ts';

/** The network of all nodes, or of one. */
export const check: Command = {
  name: 'check',
  summary: 'judge the network under the pods: nodes, agents, addresses, ranges, the plugin’s own state',
  about:
    'Without any word, kubectl netcni does this. The first line names the cause; nodes come worst first. Everything is told from objects of the ' +
    'cluster, nothing is installed: rules and routes on nodes are read by kubectl netcni rules from a dump.',
  examples: [
    { line: 'kubectl netcni', says: 'the whole cluster' },
    { line: 'kubectl netcni check --node worker-3', says: 'what concerns one node' },
    { line: 'kubectl netcni check --snapshot must-gather.tar.gz', says: 'a recording of a cluster' },
    { line: 'kubectl netcni check -o junit --fail-on critical', says: 'for a pipeline' },
  ],
  options: [wholeClusterOption, nodeOption, failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/check.ts')).runCheck(request),
};
