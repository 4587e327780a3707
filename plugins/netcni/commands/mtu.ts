import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';
import { nodeOption } from '../node-option.ts';

/** MTU arithmetic for each node. */
export const mtu: Command = {
  name: 'mtu',
  summary: 'what is left of a packet for pods: the network beneath, minus tunnel and encryption, node by node',
  about:
    'Objects tell the tunnel, the encryption and what is configured, not the interfaces: the MTU of the network between the nodes is ' +
    'read from dumps of a snapshot (tools/NODE/ip-link.txt) or taken as the cloud usually has it, and the table says which.',
  examples: [
    { line: 'kubectl netcni mtu', says: 'expected against configured' },
    { line: 'kubectl netcni mtu --snapshot bundle.tar.gz --node worker-1', says: 'with the interfaces of a dump' },
  ],
  options: [wholeClusterOption, nodeOption, failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/mtu.ts')).runMtu(request),
};
