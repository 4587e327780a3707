import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** DNS401 to DNS449: network policies between pods and the DNS servers. */
export const policyMessages = defineMessages({
  DNS401: message<{ who: string; policies: string; ports: string; side: string; why: string; enforcement: string }>({
    slug: 'policy-blocks-dns',
    severity: 'critical',
    rung: 30,
    covers: ['DNS402', 'DNS403'],
    title: 'a network policy keeps pods from the DNS servers',
    summary: ({ who, policies, ports, side, why, enforcement }) =>
      `${who} cannot resolve names: ${policies} ${side === 'ingress' ? 'lets nobody like them in to the DNS servers' : 'lets no questions out'} on ${ports}${why}${enforcement}`,
    explain:
      'A policy that isolates pods for egress blocks everything that it does not allow, questions to the DNS servers too: ' +
      'lookups time out, and the application says "could not resolve" or hangs for seconds. The rule must name the pods of ' +
      'the DNS servers (or their namespace) and port 53 over UDP and TCP: policies see the pod behind the ClusterIP, never ' +
      'the ClusterIP.\nPlain DNS is one policy for a whole namespace; add it before any other egress rule.',
  }),

  DNS402: message<{ who: string; policies: string; enforcement: string }>({
    slug: 'policy-blocks-dns-over-tcp',
    severity: 'warning',
    rung: 40,
    title: 'a network policy lets DNS out over UDP only',
    summary: ({ who, policies, enforcement }) =>
      `${who} cannot get long answers, which come over TCP: ${policies} allows port 53 over UDP only${enforcement}`,
    explain:
      'An answer that does not fit a UDP packet comes truncated, and the resolver asks again over TCP. Blocked there, names ' +
      'with many addresses (large headless Services, some public names) do not resolve while all others do. Allow port 53 ' +
      'over TCP in the same rule.',
  }),

  DNS403: message<{ who: string; policies: string; address: string; enforcement: string }>({
    slug: 'policy-forgets-node-cache',
    severity: 'warning',
    confidence: 'likely',
    rung: 40,
    title: 'a network policy allows the DNS servers, but not the node cache',
    summary: ({ who, policies, address, enforcement }) =>
      `${who} may ask the DNS servers, but not the node cache at ${address}, which they do ask: ${policies}${enforcement}`,
    explain:
      'With NodeLocal DNSCache, questions go to an address on the node itself. A rule that names the DNS pods does not cover ' +
      'it: add an ipBlock with that address and port 53 over UDP and TCP. Whether packets to the own node are judged at all ' +
      'depends on the network plugin.',
  }),
});
