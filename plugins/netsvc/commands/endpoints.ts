import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';

/** Who is behind a Service. */
export const endpoints: Command = {
  name: 'endpoints',
  usage: 'SERVICE',
  summary: 'who is behind a Service, and why somebody is not in rotation',
  about:
    'One line for each endpoint and for each selected pod that is none: address, node, zone, state, ports and what is ' +
    'in the way. It takes the same names as diagnose.',
  examples: [
    { line: 'kubectl netsvc endpoints payment-service', says: 'all pods, also those not ready' },
    { line: 'kubectl netsvc endpoints web -o json', says: 'with ready, serving and terminating apart' },
  ],
  options: [failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'target',
  run: async (request) => (await import('../actions/endpoints.ts')).runEndpoints(request),
};
