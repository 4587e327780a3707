import type { Command } from '../../../shared/cli/command.ts';
import {
  allNamespacesOption,
  DIAGNOSIS_FORMATS,
  failOnOption,
  fieldSelectorOption,
  selectorOption,
  suppressOption,
} from '../../../shared/cli/common-options.ts';

/** Every Service at once. */
export const check: Command = {
  name: 'check',
  summary: 'judge every Service of a namespace or of all, one line each',
  about:
    'Worst first. Without any word, kubectl netsvc does this for the current namespace. A finding that is known can be ' +
    'left out with --suppress, or by the annotation kubectl-net/suppress on the Service: a list of codes.',
  examples: [
    { line: 'kubectl netsvc check -n shop', says: 'all Services of one namespace' },
    { line: 'kubectl netsvc check -A --fail-on critical', says: 'the whole cluster; fail only on outages' },
    { line: 'kubectl netsvc check -l team=pay -o junit', says: 'for a pipeline' },
    { line: 'kubectl netsvc check -A --field-selector spec.type=LoadBalancer', says: 'one type of Service' },
    { line: 'kubectl netsvc check -A --snapshot dump/', says: 'a recording of a whole cluster' },
  ],
  options: [allNamespacesOption, selectorOption, fieldSelectorOption, failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/check.ts')).runCheck(request),
};
