import type { Command } from '../../../shared/cli/command.ts';
import { allNamespacesOption } from '../../../shared/cli/common-options.ts';
import { cniOption } from './options.ts';

/** What is in force. */
export const policies: Command = {
  name: 'policies',
  usage: '[POD]',
  summary: 'which policies select this pod, in which direction, to what effect',
  about: 'Without a name: all policies of the namespace, with how many pods each selects.',
  examples: [
    { line: 'kubectl netpol policies deploy/web', says: 'in their order of evaluation, rule by rule' },
    { line: 'kubectl netpol policies -A', says: 'an overview of the cluster' },
  ],
  options: [allNamespacesOption, cniOption],
  formats: ['table', 'wide', 'json', 'yaml', 'markdown', 'html'],
  watches: true,
  completes: 'target',
  run: async (request) => (await import('../actions/policies.ts')).runPolicies(request),
};
