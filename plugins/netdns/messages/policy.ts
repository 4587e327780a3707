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
      `${who} ${enforcement.includes('still pass') ? 'could not' : 'cannot'} resolve names: ${policies} ${side === 'ingress' ? 'lets nobody like them in to the DNS servers' : 'lets no questions out'} on ${ports}${why}${enforcement}`,
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

  DNS404: message<{ policies: string; pods: string; enforcement: string }>({
    slug: 'policy-cuts-upstreams',
    severity: 'critical',
    rung: 29,
    covers: ['DNS140', 'DNS143', 'DNS252', 'DNS253', 'DNS259', 'DNS270', 'DNS272', 'DNS278', 'DNS405', 'DNS611'],
    title: 'a network policy keeps the DNS servers from the resolvers above them',
    summary: ({ policies, pods, enforcement }) =>
      `names outside of the cluster do not resolve: ${policies} keeps ${pods === '' ? 'the DNS servers' : pods} from the resolvers above${enforcement}`,
    explain:
      'The DNS servers are pods too: a policy for egress in their namespace, such as one that denies everything, holds for ' +
      'them. What they pass on to the resolvers above them (forward in the Corefile) times out; names of the cluster still ' +
      'resolve.\nPolicies add up: one more that lets the servers out mends it, and leaves the others as they are.',
  }),

  DNS405: message<{ policies: string; pods: string; enforcement: string }>({
    slug: 'policy-cuts-api',
    severity: 'critical',
    rung: 28,
    covers: ['DNS101', 'DNS103', 'DNS105', 'DNS109', 'DNS110', 'DNS130'],
    title: 'a network policy keeps the DNS servers from the API server',
    summary: ({ policies, pods, enforcement }) =>
      `the DNS servers cannot read Services: ${policies} keeps ${pods === '' ? 'them' : pods} from the API server${enforcement}`,
    explain:
      'CoreDNS reads Services and EndpointSlices from the API server. A policy for egress in its namespace that does not ' +
      'allow that keeps it from becoming ready; a server that was ready before goes on with what it knows, and ceases with ' +
      'its next start.\nPolicies see the address of the API server itself, not the ClusterIP of Service kubernetes. They add ' +
      'up: one more that lets the servers out mends it.',
  }),
});
