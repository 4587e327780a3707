import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';

/** A map of address ranges. */
export const ranges: Command = {
  name: 'ranges',
  summary: 'the ranges of pods, Services and nodes as a map, with what overlaps',
  about:
    'Each line is a range, each column a stretch of addresses between two borders (not to scale). Where ranges that must be apart meet, ' +
    'the column shows #. A range inside of the one it is taken from, such as the podCIDR of a node, is no overlap.',
  examples: [
    { line: 'kubectl netcni ranges', says: 'of the cluster' },
    {
      line: 'kubectl netcni ranges --peer 10.0.0.0/8',
      says: 'with a range that must stay reachable, such as an office network',
    },
  ],
  options: [
    wholeClusterOption,
    {
      name: 'peer',
      type: 'array',
      value: 'CIDR',
      describe: 'another range that must be apart, such as that of a VPN; may be repeated',
    },
    failOnOption,
    suppressOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/ranges.ts')).runRanges(request),
};
