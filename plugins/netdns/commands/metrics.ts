import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';

/** What the DNS servers count. */
export const metrics: Command = {
  name: 'metrics',
  usage: '[FILE|-]',
  summary: 'what the DNS servers count: queries, answers, times, cache, upstreams, refusals, Corefile in force',
  about:
    'The metrics of every DNS server and node cache are read through the API server, or through a port-forward where it cannot ' +
    'reach them. Without --for everything since their start is counted. A file may hold one page of metrics, of any version of ' +
    'CoreDNS.',
  examples: [
    { line: 'kubectl netdns metrics', says: 'since the servers started' },
    { line: 'kubectl netdns metrics --for 30s', says: 'what happens within half a minute' },
    { line: 'kubectl netdns metrics page.txt', says: 'a page from elsewhere' },
  ],
  options: [
    wholeClusterOption,
    {
      name: 'for',
      type: 'string',
      value: 'DURATION',
      describe: 'read twice, so long apart, and count what happened between (30s)',
    },
    failOnOption,
    suppressOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  completes: 'nothing',
  run: async (request) => (await import('../actions/metrics.ts')).runMetrics(request),
};
