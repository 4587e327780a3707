import type { Command } from '../../../shared/cli/command.ts';
import { cniOption, portOption, protocolOption } from './options.ts';

/** One question, answered rule by rule. */
export const canReach: Command = {
  name: 'can-reach',
  usage: 'FROM TO',
  summary: 'may this reach that, by which rule, and what would change it',
  about:
    'FROM and TO are names (a Service, else a workload, else a pod), svc/NAME, pod/NAME, deploy/NAME and the like, ' +
    'NAMESPACE/NAME, ns/NAMESPACE, labels (app=web, or NAMESPACE:app=web), an address, a CIDR block, or the word ' +
    'internet. TO may carry its port: db:5432. Without a port: every port of the Service, or those that the pods ' +
    'declare. Exit status: 0 allowed, 1 denied, 3 depends.',
  examples: [
    { line: 'kubectl netpol can-reach deploy/web svc/db', says: 'every port of the Service' },
    { line: 'kubectl netpol from shop/web to data/postgres:5432', says: 'the same in other words, between namespaces' },
    { line: 'kubectl netpol can-reach web 10.20.0.0/16 --port 443', says: 'out of the cluster' },
    { line: 'kubectl netpol can-reach web db -w', says: 'while policies are changed' },
    { line: 'kubectl netpol can-reach internet svc/web --cni cilium', says: 'into it, as Cilium would have it' },
  ],
  options: [portOption, protocolOption, cniOption],
  formats: ['table', 'wide', 'json', 'yaml', 'markdown', 'html'],
  watches: true,
  completes: 'target',
  completesWords: 2,
  run: async (request) => (await import('../actions/can-reach.ts')).runCanReach(request),
};
