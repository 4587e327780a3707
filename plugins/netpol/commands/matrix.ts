import type { Command } from '../../../shared/cli/command.ts';
import { allNamespacesOption } from '../../../shared/cli/common-options.ts';
import { byOption, cniOption, MATRIX_FORMATS } from './options.ts';

/** Everybody with everybody. */
export const matrix: Command = {
  name: 'matrix',
  summary: 'who may reach whom: every pair, with its ports',
  about:
    'Of the current namespace, or of all with -A; of files always all unless -n is given. A pair that is not listed may ' +
    'not talk at all. Pairs that the facts do not decide are marked. The schema of -o json is matrix.schema.json.',
  examples: [
    { line: 'kubectl netpol matrix -n shop', says: 'the workloads of one namespace, and everybody they talk to' },
    { line: 'kubectl netpol matrix -A --by namespace', says: 'the whole cluster on one page' },
    { line: 'kubectl netpol matrix --snapshot manifests/ -o json', says: 'a folder of manifests, for a program' },
    { line: 'kubectl netpol matrix -A -o html > matrix.html', says: 'a page with a filter' },
  ],
  options: [byOption, allNamespacesOption, cniOption],
  formats: MATRIX_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/matrix.ts')).runMatrix(request),
};
