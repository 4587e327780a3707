import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption } from '../../../shared/cli/common-options.ts';

/** The way of a packet between two pods. */
export const path: Command = {
  name: 'path',
  usage: 'POD POD',
  summary: 'the way a packet should take from one pod to another, hop by hop',
  about:
    'Interface, bridge, route or tunnel, nodes, policies and the MTU at each hop, all told from objects; nothing is sent. ' +
    'Pods are named pod/NAME or NS/NAME. A fault that concerns one of the two nodes is told at its hop.',
  examples: [
    { line: 'kubectl netcni path pod/web-0 pod/db-0 -n shop', says: 'in one namespace' },
    {
      line: 'kubectl netcni path shop/web-0 data/db-0 --port 5432',
      says: 'with the verdict of policies for that port',
    },
  ],
  options: [
    {
      name: 'port',
      type: 'string',
      value: 'PORT[/PROTOCOL]',
      describe: 'judge policies for this port, such as 5432 or 53/UDP; else for each declared one',
    },
    failOnOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'pod',
  completesWords: 2,
  run: async (request) => (await import('../actions/path.ts')).runPath(request),
};
