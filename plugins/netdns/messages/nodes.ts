import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** The ways around the race of the two questions that a lookup sends at once. */
const AROUND =
  'Ways around it, best first: NodeLocal DNSCache (its addresses are not tracked at all); for glibc dnsConfig with the option ' +
  'single-request-reopen, so that A and AAAA do not leave from one port at once, or use-vc for TCP. musl (Alpine) ignores ' +
  'both options: fewer lookups help there, by names with a dot at their end.';

/** DNS321 to DNS329: what nodes do to questions on their way. */
export const nodesMessages = defineMessages({
  DNS321: message<{ nodes: string; one: boolean; node: string }>({
    slug: 'connection-table-full',
    severity: 'critical',
    confidence: 'likely',
    rung: 20,
    covers: ['DNS323'],
    title: 'the connection table of a node is full',
    summary: ({ nodes, one }) =>
      `the connection table (conntrack) of ${nodes} is full: packets of new connections are dropped, and with them DNS questions of ${one ? 'its' : 'their'} pods`,
    explain:
      'The kernel tracks each connection through a Service, and each DNS question counts as one for 30 to 120 seconds. A full ' +
      'table drops what is new: lookups hang for 5 seconds and are asked again. ' +
      'Raise the limit (conntrack.maxPerCore of the kube-proxy configuration, or sysctl net.netfilter.nf_conntrack_max), and ' +
      `find who opens so many (conntrack -L on the node). ${AROUND}`,
    fixes: ({ node }) => [
      {
        title: 'see on the node how full it is',
        command: `kubectl debug node/${node} -it --image=busybox -- chroot /host sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max`,
        risk: 'low',
      },
    ],
  }),

  DNS322: message<{ nodes: string; count: number }>({
    slug: 'connection-table-races',
    severity: 'info',
    confidence: 'possible',
    title: 'packets were lost by races in the connection table',
    summary: ({ nodes, count }) =>
      `${nodes} lost ${count} packets as two of one connection were entered at once (insert_failed of conntrack): with DNS such a lookup takes 5 seconds longer`,
    explain:
      'glibc and musl send the questions for A and AAAA from one port at the same moment. Where both take the way through ' +
      'the DNS Service at once, the kernel may enter one of them only and drops the other: no answer, and after 5 seconds it ' +
      'is asked again. The counter runs since the node was started and counts other UDP too, so it is no proof. See whether it ' +
      `grows while lookups hang: conntrack -S on the node. ${AROUND}`,
  }),

  DNS323: message<{ pods: string; nodes: string; node: string; ready: number }>({
    slug: 'lookups-time-out',
    severity: 'warning',
    confidence: 'possible',
    rung: 90,
    title: 'lookups of pods time out although the DNS servers are ready',
    summary: ({ pods, nodes, ready }) =>
      `lookups of Services time out in ${pods} on ${nodes}, while all ${ready} DNS servers are ready: packets are lost on the way`,
    explain:
      'The logs of these pods tell that names of the cluster, which no resolver outside is asked for, got no answer in time. ' +
      'Where pods of one node are concerned: kube-proxy there, its connection table (conntrack), the tunnel of the network ' +
      'plugin, MTU. Where pods of many nodes are and only some lookups fail: races of conntrack, or a DNS server whose node is cut ' +
      `off. What logs tell may be over. ${AROUND}`,
    fixes: ({ node }) => [
      { title: 'see how the network of the nodes does', command: 'kubectl netcni', risk: 'none' },
      {
        title: 'see on the node whether insert_failed or drop grow',
        command: `kubectl debug node/${node} -it --image=busybox -- chroot /host conntrack -S`,
        risk: 'low',
      },
    ],
  }),
});
