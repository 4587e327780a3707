import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';

/** What the logs of the DNS servers mean. */
export const logs: Command = {
  name: 'logs',
  usage: '[FILE|-]',
  summary: 'what the logs of the DNS servers mean: lines grouped, upstreams, failing names and clients',
  about:
    'Without a file the logs of every DNS server and of every node cache are read, those of the run before too. A file may ' +
    'be the output of kubectl logs, with or without --prefix and --timestamps. Names and clients are told where the Corefile ' +
    'has plugin log.',
  examples: [
    { line: 'kubectl netdns logs', says: 'the servers of the cluster' },
    { line: 'kubectl logs -n kube-system -l k8s-app=kube-dns | kubectl netdns logs -', says: 'a log from elsewhere' },
  ],
  options: [wholeClusterOption, failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  completes: 'nothing',
  run: async (request) => (await import('../actions/logs.ts')).runLogs(request),
};
