import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';
import { nodeOption } from '../node-option.ts';

/** Where the addresses are. */
export const ipam: Command = {
  name: 'ipam',
  summary: 'pod addresses: pools, blocks, capacity and use of each node, leaks, pods without one',
  about:
    'For each node how many pod addresses it has, gives out and has left; pools with their blocks; addresses that belong to pods that are gone; pods that wait for one and why; ' +
    'and when it runs out at the rate of the last hour.',
  examples: [
    { line: 'kubectl netcni ipam', says: 'all nodes, fullest first' },
    { line: 'kubectl netcni ipam --node worker-3', says: 'one node with what holds its addresses' },
  ],
  options: [wholeClusterOption, nodeOption, failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/ipam.ts')).runIpam(request),
};
