import type { Command } from '../../../shared/cli/command.ts';
import {
  allNamespacesOption,
  DIAGNOSIS_FORMATS,
  failOnOption,
  suppressOption,
} from '../../../shared/cli/common-options.ts';
import { cniOption } from './options.ts';

/** What is wrong with the policies themselves. */
export const lint: Command = {
  name: 'lint',
  usage: '[POLICY]',
  summary: 'find what is wrong with the policies of a namespace, of all, or of files',
  about:
    'Each policy is held against the pods, Services and namespaces that are there. A finding that is known can be left out ' +
    'with --suppress, or by the annotation kubectl-net/suppress on the policy: a list of codes.',
  examples: [
    { line: 'kubectl netpol lint -n shop', says: 'all policies of one namespace' },
    { line: 'kubectl netpol lint -A --fail-on critical', says: 'the whole cluster; fail only on what cannot work' },
    { line: 'kubectl netpol lint --snapshot manifests/ -o sarif', says: 'files in a repository, for code scanning' },
  ],
  options: [allNamespacesOption, cniOption, failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/lint.ts')).runLint(request),
};
