import type { Command } from '../../../shared/cli/command.ts';
import {
  allNamespacesOption,
  DIAGNOSIS_FORMATS,
  failOnOption,
  suppressOption,
} from '../../../shared/cli/common-options.ts';

/** The whole of cluster DNS. */
export const check: Command = {
  name: 'check',
  summary: 'judge the DNS of the cluster: servers, Corefile, upstreams, node cache, pods',
  about:
    'The cause first, then evidence and the line that mends it. Without any word, kubectl netdns does this. Pods of all ' +
    'namespaces are looked at as callers; with -n those of one namespace only. Each server is asked through a ' +
    'port-forward where the rights allow it; --no-ask leaves that out.',
  examples: [
    { line: 'kubectl netdns check', says: 'the whole of cluster DNS' },
    { line: 'kubectl netdns check -n shop', says: 'and the pods of one namespace' },
    { line: 'kubectl netdns check --snapshot incident.tar.gz', says: 'a recording' },
  ],
  options: [
    allNamespacesOption,
    { name: 'no-ask', type: 'boolean', describe: 'do not ask the servers themselves: objects, logs and metrics only' },
    failOnOption,
    suppressOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/check.ts')).runCheck(request),
};
