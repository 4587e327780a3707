import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** DNS150 to DNS159: what the servers serve, compared with what the objects promise. */
export const recordsMessages = defineMessages({
  DNS150: message<{ pod: string; count: number; first: string; all: boolean }>({
    slug: 'records-not-served',
    severity: 'critical',
    rung: 60,
    title: 'a DNS server does not serve what the objects promise',
    summary: ({ pod, count, first, all }) =>
      `${all ? 'all DNS servers serve' : `DNS server ${pod} serves`} other records than promised for ${count} names: ${first}`,
    explain:
      'Services and EndpointSlices say which records a cluster must serve. A server that misses some, or serves old ones, has ' +
      'lost its connection to the API server, runs with another Corefile than the others, or something in the Corefile ' +
      '(hosts, template, rewrite, a zone of the same name) answers first. Records that changed within the last seconds are ' +
      'on their way.',
    fixes: ({ pod, all }) =>
      all || pod === ''
        ? []
        : [
            {
              title: 'start that server anew; the others answer meanwhile',
              command: `kubectl delete pod ${pod} -n kube-system`,
              risk: 'low',
            },
          ],
  }),
});
