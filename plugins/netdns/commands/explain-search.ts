import type { Command } from '../../../shared/cli/command.ts';

/** Every query that a name costs. */
export const explainSearch: Command = {
  name: 'explain-search',
  usage: 'NAME',
  summary: 'every query that glibc, musl and Go send for a name, and the better spelling',
  about:
    'Takes the search list from a pod (--from), or from --search and --ndots. Each query is sent for A and for AAAA. What ' +
    'the servers answer is foretold from the Services of the cluster; names outside of it are shown with "?".',
  examples: [
    {
      line: 'kubectl netdns explain-search web.shop --from deploy/front -n shop',
      says: 'for the pods of a Deployment',
    },
    { line: 'kubectl netdns explain-search api.example.com --from pod/web-1', says: 'what an outside name costs' },
    {
      line: 'kubectl netdns explain-search web.shop.svc --image-libc musl --ndots 2 --search shop.svc.cluster.local,svc.cluster.local,cluster.local',
      says: 'without a cluster',
    },
  ],
  options: [
    { name: 'from', type: 'string', value: 'POD', describe: 'who asks: pod/NAME, deploy/NAME, or NS/NAME' },
    {
      name: 'image-libc',
      type: 'string',
      value: 'LIBC',
      choices: ['glibc', 'musl', 'go'],
      describe: 'show one library only: glibc (Debian, Red Hat), musl (Alpine), go',
    },
    { name: 'ndots', type: 'number', value: 'N', describe: 'ndots instead of the one of the pod' },
    {
      name: 'search',
      type: 'array',
      value: 'DOMAIN',
      describe: 'search domains instead of those of the pod; commas between',
    },
  ],
  formats: ['table', 'json', 'yaml'],
  watches: true,
  completes: 'service',
  run: async (request) => (await import('../actions/explain-search.ts')).runExplainSearch(request),
};
