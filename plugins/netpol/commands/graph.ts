import type { Command } from '../../../shared/cli/command.ts';
import { allNamespacesOption } from '../../../shared/cli/common-options.ts';
import { byOption, cniOption } from './options.ts';

/** The same as a picture. */
export const graph: Command = {
  name: 'graph',
  summary: 'draw who may reach whom: Graphviz, Mermaid or SVG',
  about: 'The same connections as matrix. Of big clusters, draw one namespace, or --by namespace.',
  examples: [
    { line: 'kubectl netpol graph -n shop | dot -Tpng > shop.png', says: 'through Graphviz' },
    { line: 'kubectl netpol graph -n shop -o mermaid', says: 'for a README or an issue' },
    { line: 'kubectl netpol graph -A --by namespace -o svg > all.svg', says: 'a picture without other programs' },
  ],
  options: [byOption, allNamespacesOption, cniOption],
  formats: ['dot', 'mermaid', 'svg'],
  completes: 'nothing',
  run: async (request) => (await import('../actions/matrix.ts')).runGraph(request),
};
