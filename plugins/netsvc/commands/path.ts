import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, fromOption, suppressOption } from '../../../shared/cli/common-options.ts';

/** The way of a request. */
export const path: Command = {
  name: 'path',
  usage: 'SERVICE',
  summary: 'the way of a request hop by hop, from its name to the container',
  about:
    'Name, ClusterIP, kube-proxy chain, policy, endpoints, container ports. All of it is read and computed from ' +
    'objects; nothing is sent. The names of the chains are for looking them up in a dump of a node.',
  examples: [
    { line: 'kubectl netsvc path payment-service', says: 'from any pod of its namespace' },
    { line: 'kubectl netsvc path web --from shop/client', says: 'from one pod, through its node and its policies' },
  ],
  options: [fromOption, failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'target',
  run: async (request) => (await import('../actions/path.ts')).runPath(request),
};
