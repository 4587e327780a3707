import type { Command, Option } from '../../../shared/cli/command.ts';
import { cniOption, portOption, protocolOption } from './options.ts';

const deniedOption: Option = { name: 'denied', type: 'boolean', describe: 'also who is kept out, and by what' };

const selectorOption: Option = {
  name: 'selector',
  alias: 'l',
  type: 'string',
  value: 'SELECTOR',
  describe: 'pods by labels instead of a name: app=web,tier!=db',
};

/** The default: everybody who gets in, and by which rule. */
export const whoCanReach: Command = {
  name: 'who-can-reach',
  usage: 'TARGET',
  summary: 'who gets in to this, on which ports, and by which rule',
  about:
    'TARGET is a Service (its ports are translated to those of its pods), pod/NAME, deploy/NAME and the like, ' +
    'NAMESPACE/NAME, ns/NAMESPACE, labels, or an address outside the cluster. The words who-can-reach may be left out, ' +
    'and "from A to B" asks can-reach.',
  examples: [
    { line: 'kubectl netpol payment-service', says: 'who can reach it?' },
    { line: 'kubectl netpol deploy/web --port 8080 --denied', says: 'and who is kept out, by what' },
    { line: 'kubectl netpol -l app=db -n data', says: 'pods by their labels' },
    { line: 'kubectl netpol 203.0.113.0/24', says: 'whose egress leads there' },
    { line: 'kubectl netpol web --snapshot manifests/', says: 'before anything is applied' },
  ],
  options: [portOption, protocolOption, selectorOption, deniedOption, cniOption],
  formats: ['table', 'wide', 'json', 'yaml', 'markdown', 'html'],
  watches: true,
  completes: 'target',
  run: async (request) => (await import('../actions/reach.ts')).runWhoCanReach(request),
};

/** The other way round. */
export const whatCan: Command = {
  name: 'what-can',
  usage: 'POD reach',
  summary: 'whom this may reach, on which ports, and by which rule',
  about: 'POD is whatever who-can-reach takes. --port is then the port of those that are reached.',
  examples: [
    { line: 'kubectl netpol what-can deploy/web reach', says: 'the egress view' },
    { line: 'kubectl netpol what-can pod/job-1 reach --port 443 --denied', says: 'one port, and what is out of reach' },
  ],
  options: [portOption, protocolOption, selectorOption, deniedOption, cniOption],
  formats: ['table', 'wide', 'json', 'yaml', 'markdown', 'html'],
  watches: true,
  completes: 'target',
  run: async (request) => (await import('../actions/reach.ts')).runWhatCan(request),
};
