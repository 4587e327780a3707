import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** What every word about a log is given. */
export interface LogArgs {
  readonly pods: string;
  readonly count: number;
  /** Upstreams, names or zones, as the meaning has them. */
  readonly what: string;
  readonly namespace: string;
  /** The ConfigMap with the Corefile of those servers. */
  readonly configMap: string;
  /** Whose names are meant: `outside names`, `names of corp.example`. */
  readonly names?: string;
  /** What the line or the specification adds: an address, a limit. */
  readonly more?: string;
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const at = (what: string): string => (what === '' ? '' : ` ${what}`);

/** DNS250 to DNS269: what the logs of the DNS servers say. */
export const logMessages = defineMessages({
  DNS250: message<LogArgs>({
    slug: 'log-loop',
    severity: 'critical',
    rung: 20,
    covers: ['DNS101', 'DNS103', 'DNS109', 'DNS253', 'DNS259', 'DNS501'],
    title: 'a forwarding circle ended a server',
    summary: ({ pods, what, more = '' }) =>
      `queries for zone ${what || '.'} come back to ${pods}${more}: plugin loop ended the server`,
    explain:
      'The server sent a query upstream at its start and received it itself. Usual causes: resolv.conf of the node names ' +
      '127.0.0.53 (systemd-resolved), or the address of the DNS Service; a stub zone forwards to the DNS Service. Let the kubelet pass on ' +
      '/run/systemd/resolve/resolv.conf (resolvConf in its configuration), or name real resolvers in the Corefile.',
    fixes: ({ namespace, configMap }) => [
      {
        title: 'see where the Corefile forwards to',
        command: 'kubectl netdns corefile',
        risk: 'none',
      },
      {
        title: 'forward to resolvers that are no part of the cluster',
        command: `kubectl edit configmap ${configMap} -n ${namespace}`,
        risk: 'low',
      },
    ],
  }),
  DNS251: message<LogArgs>({
    slug: 'log-reload-refused',
    severity: 'warning',
    rung: 25,
    covers: ['DNS214'],
    title: 'a change of the Corefile was not taken over',
    summary: ({ pods, what }) =>
      `${pods} still ${plural(pods)} on the older Corefile: reload failed${what === '' ? '' : ` (${what})`}`,
    explain:
      'The server read a new Corefile, could not use it, and goes on with the old one. It crashes as soon as it is started ' +
      'anew, and ports of plugins may be closed meanwhile.',
    fixes: () => [{ title: 'see what CoreDNS refuses', command: 'kubectl netdns corefile', risk: 'none' }],
  }),
  DNS252: message<LogArgs>({
    slug: 'log-upstream-fails',
    severity: 'warning',
    rung: 40,
    covers: ['DNS272', 'DNS278'],
    title: 'the upstream resolver does not answer',
    summary: ({ count, what }) =>
      `queries for outside names failed ${times(count)}: no connection to${at(what || 'the upstream')}`,
    explain:
      'The upstream resolver refuses, or there is no way to it from the pods of the DNS servers: a wrong address in the ' +
      'Corefile or in resolv.conf of the node, a firewall, a missing route or NAT for pods. Names of the cluster still resolve.',
    fixes: () => [{ title: 'see where the Corefile forwards to', command: 'kubectl netdns corefile', risk: 'none' }],
  }),
  DNS253: message<LogArgs>({
    slug: 'log-upstream-timeouts',
    severity: 'warning',
    rung: 41,
    covers: ['DNS272', 'DNS278'],
    title: 'queries to the upstream time out',
    summary: ({ count, what, names = 'outside names' }) =>
      `queries for ${names} timed out ${times(count)}${what === '' ? '' : `: ${what} did not answer`}`,
    explain:
      'The server asked upstream and heard nothing within 2 seconds. "read udp A->B: i/o timeout" means: A, the server, ' +
      'waited for B, the upstream. Either the upstream drops queries (limits of the cloud, 1024 packets a second for each ' +
      'interface at AWS), or packets are lost on the way: a firewall, conntrack of the node full, MTU. Names of the cluster ' +
      'still resolve.',
    fixes: () => [
      { title: 'see how each upstream does', command: 'kubectl netdns metrics', risk: 'none' },
      { title: 'see where the Corefile forwards to', command: 'kubectl netdns corefile', risk: 'none' },
    ],
  }),
  DNS254: message<LogArgs>({
    slug: 'log-too-many-files',
    severity: 'critical',
    rung: 35,
    title: 'the DNS servers run out of sockets',
    summary: ({ pods, count }) => `${pods} ran out of open files ${times(count)}: queries fail`,
    explain:
      'Each query that waits for the upstream holds a socket. A slow upstream, or a forwarding circle, uses them all up. ' +
      'max_concurrent in forward bounds them.',
    fixes: () => [{ title: 'see how each upstream does', command: 'kubectl netdns metrics', risk: 'none' }],
  }),
  DNS255: message<LogArgs>({
    slug: 'log-too-many-queries',
    severity: 'warning',
    rung: 36,
    title: 'queries are refused because too many wait',
    summary: ({ pods, count, more = '' }) =>
      `${pods} refused queries ${times(count)}: more wait for the upstream than it is allowed${more}`,
    explain:
      'forward refuses queries when more than max_concurrent wait for an answer, dnsmasq of kube-dns when more than --dns-forward-max do. The upstream is slow, or there are more ' +
      'queries than it can answer: look at its latency before the number is raised, which costs about 2 KB of memory a query.',
    fixes: () => [{ title: 'see how each upstream does', command: 'kubectl netdns metrics', risk: 'none' }],
  }),
  DNS256: message<LogArgs>({
    slug: 'log-overload',
    severity: 'warning',
    rung: 45,
    title: 'a DNS server is too busy to answer itself',
    summary: ({ pods, count, more = '' }) =>
      `${pods}: the server's own health request failed or took over a second ${times(count)}${more}`,
    explain:
      'Plugin health asks its own server every second. When even that waits, the server has no processor time: a CPU limit, a ' +
      'busy node, or more queries than it can take.',
    fixes: ({ namespace }) => [
      {
        title: 'see what the servers use',
        command: `kubectl top pods -n ${namespace} -l k8s-app=kube-dns`,
        risk: 'none',
      },
    ],
  }),
  DNS257: message<LogArgs>({
    slug: 'log-panic',
    severity: 'warning',
    rung: 30,
    title: 'a DNS server panicked',
    summary: ({ pods, count, what }) => `${pods} panicked ${times(count)}${at(what)}`,
    explain:
      'A fault of CoreDNS or of one of its plugins: the query at hand was answered with SERVFAIL, or the server ended. Look ' +
      'for the message among the issues of CoreDNS, and think of an upgrade.',
  }),
  DNS258: message<LogArgs>({
    slug: 'log-start-refused',
    severity: 'critical',
    rung: 22,
    covers: ['DNS101', 'DNS103', 'DNS109', 'DNS501'],
    title: 'a DNS server does not start',
    summary: ({ pods, what }) => `${pods} did not start: ${what}`,
    explain:
      'The last words of a server that ended before it served. A line of the Corefile that this version refuses, or a port that is ' +
      'taken or may not be used, are the usual reasons.',
    fixes: () => [{ title: 'see what CoreDNS refuses', command: 'kubectl netdns corefile', risk: 'none' }],
  }),
  DNS259: message<LogArgs>({
    slug: 'log-upstream-unhealthy',
    severity: 'warning',
    rung: 39,
    covers: ['DNS272', 'DNS278'],
    title: 'every upstream is taken to be down',
    summary: ({ count, what }) => `no upstream was healthy ${times(count)}${at(what)}: outside names got SERVFAIL`,
    explain:
      'forward asks its upstreams every half second once one has failed, and passes over those that do not answer. When none ' +
      'is left it guesses, or answers SERVFAIL. The upstreams are down, or the way to them is cut.',
    fixes: () => [{ title: 'see how each upstream does', command: 'kubectl netdns metrics', risk: 'none' }],
  }),
  DNS260: message<LogArgs>({
    slug: 'log-search-misses',
    severity: 'info',
    title: 'most queries are misses of the search list',
    summary: ({ count, what }) =>
      `${count} of 100 queries ask for outside names under a search suffix${what === '' ? '' : `, such as ${what}`}`,
    explain:
      'A name with fewer dots than ndots (5 in pods) is tried with every suffix of the search list first: four queries that ' +
      'fail, twice with IPv6, before the one that is meant. A final dot in the name (api.example.com.) or dnsConfig with ' +
      'ndots 2 spares them; mind that Alpine then does not find svc.namespace names.',
    fixes: () => [
      { title: 'see the queries of one name', command: 'kubectl netdns explain-search api.example.com', risk: 'none' },
    ],
  }),
  DNS261: message<LogArgs>({
    slug: 'log-upstream-unusable',
    severity: 'warning',
    rung: 40,
    covers: ['DNS272', 'DNS278'],
    title: 'answers of the upstream resolver cannot be used',
    summary: ({ count, what }) => `queries for outside names failed ${times(count)}: ${what}`,
    explain:
      'The upstream was reached, but its certificate is not accepted, it ends connections early, or what it sends is no DNS ' +
      'answer. x509 with another name: tls_servername in forward must be the name in the certificate. x509 "unknown ' +
      'authority": something on the way opens the encryption, or the image lacks its certificates. EOF and reset: a firewall, ' +
      'or a resolver that does not speak that protocol on that port. Names of the cluster still resolve.',
    fixes: () => [{ title: 'see where the Corefile forwards to', command: 'kubectl netdns corefile', risk: 'none' }],
  }),
});

function plural(pods: string): string {
  return / and |,/.test(pods) ? 'run' : 'runs';
}
