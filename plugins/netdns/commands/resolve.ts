import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';

/** One name. */
export const resolve: Command = {
  name: 'resolve',
  usage: 'NAME',
  summary: 'will this name resolve for that pod, to what, by which query; and does each server say so',
  about:
    'The word resolve may be left out: kubectl netdns NAME. Without --from the caller is a pod of the current namespace ' +
    'with the usual settings. Each DNS server is asked for every name of the search list through a port-forward, where the ' +
    'rights allow it.',
  examples: [
    { line: 'kubectl netdns web.shop', says: 'a name' },
    { line: 'kubectl netdns web --from deploy/front -n shop', says: 'as the pods of a Deployment see it' },
    { line: 'kubectl netdns _http._tcp.web.shop.svc.cluster.local --type SRV', says: 'another type than addresses' },
  ],
  options: [
    { name: 'from', type: 'string', value: 'POD', describe: 'who asks: pod/NAME, deploy/NAME, or NS/NAME' },
    {
      name: 'type',
      type: 'string',
      value: 'TYPE',
      describe: 'A, AAAA, SRV, PTR, CNAME or TXT; A and AAAA unless given',
    },
    { name: 'no-ask', type: 'boolean', describe: 'do not ask the servers themselves' },
    failOnOption,
    suppressOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'service',
  run: async (request) => (await import('../actions/resolve.ts')).runResolve(request),
};
