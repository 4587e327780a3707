import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import type { CorefileArgs } from './corefile.ts';

type Words = (found: Readonly<Record<string, string>>) => string;

function byHand(title: Words): (args: CorefileArgs) => readonly Fix[] {
  return ({ where, edit, found }) => [{ title: `at ${where}: ${title(found)}`, command: edit, risk: 'low' }];
}

const text =
  (words: Words) =>
  ({ where, found }: CorefileArgs) =>
    `${where}: ${words(found)}`;

/** DNS220 to DNS249: habits of a Corefile that serves, and will hurt one day. */
export const corefileHabitMessages = defineMessages({
  DNS220: message<CorefileArgs>({
    slug: 'no-loop',
    severity: 'warning',
    title: 'plugin loop is missing',
    summary: text(() => 'no plugin loop: a forwarding circle would not be noticed'),
    explain:
      'Plugin loop sends one query at the start and ends the server when the query comes back. Without it a circle eats memory ' +
      'and sockets until the node suffers.',
    fixes: byHand(() => 'add "loop" to the block'),
  }),
  DNS221: message<CorefileArgs>({
    slug: 'no-errors',
    severity: 'warning',
    title: 'plugin errors is missing',
    summary: text(() => 'no plugin errors: failures of upstreams are not logged'),
    explain:
      'Without plugin errors the log says nothing of timeouts and SERVFAIL, which is what one looks for first when names fail ' +
      'to resolve.',
    fixes: byHand(() => 'add "errors" to the block'),
  }),
  DNS222: message<CorefileArgs>({
    slug: 'no-ready',
    severity: 'warning',
    title: 'plugin ready is missing',
    summary: text(() => 'no plugin ready: a readiness probe has nothing to ask'),
    explain:
      'Plugin ready answers /ready on port 8181 once all plugins can serve. Without it a pod gets queries before it knows the ' +
      'Services of the cluster, and answers NXDOMAIN.',
    fixes: byHand(() => 'add "ready" to the block'),
  }),
  DNS223: message<CorefileArgs>({
    slug: 'no-health',
    severity: 'warning',
    title: 'plugin health is missing',
    summary: text(() => 'no plugin health: a liveness probe has nothing to ask'),
    explain:
      'Plugin health answers /health on port 8080, and lameduck in it lets a server go on answering for a while before it ends, ' +
      'so that a rollout costs no lookups.',
    fixes: byHand(() => 'add "health { lameduck 5s }", over three lines, to the block'),
  }),
  DNS224: message<CorefileArgs>({
    slug: 'no-reload',
    severity: 'warning',
    title: 'plugin reload is missing',
    summary: text(() => 'no plugin reload: a change of the ConfigMap is not taken over'),
    explain:
      'Without plugin reload the servers keep the old Corefile until they are restarted, and replicas that were started at ' +
      'different times answer differently.',
    fixes: byHand(() => 'add "reload" to the block'),
  }),
  DNS225: message<CorefileArgs>({
    slug: 'no-cache',
    severity: 'warning',
    title: 'plugin cache is missing',
    summary: text(() => 'no plugin cache: every query for the outside goes upstream'),
    explain:
      'Without a cache each lookup of an outside name waits for the upstream resolver and counts against its limits, which ' +
      'clouds set low (1024 packets a second for each interface at AWS).',
    fixes: byHand(() => 'add "cache 30" to the block'),
  }),
  DNS226: message<CorefileArgs>({
    slug: 'no-lameduck',
    severity: 'info',
    title: 'plugin health has no lameduck',
    summary: text(() => 'health without lameduck: a rollout of the servers costs some lookups'),
    explain:
      'A server that ends at once still gets queries until all nodes have heard that it is gone. With lameduck 5s it goes on ' +
      'answering for that long.',
    fixes: byHand(() => 'write "lameduck 5s" into the block of health'),
  }),
  DNS227: message<CorefileArgs>({
    slug: 'no-max-concurrent',
    severity: 'info',
    title: 'forward has no max_concurrent',
    summary: text(() => 'forward without max_concurrent: a slow upstream makes memory grow without end'),
    explain:
      'Each query that waits for the upstream holds memory (about 2 KB) and a socket. max_concurrent 1000 refuses queries above ' +
      'that instead; the refusals are counted in coredns_forward_max_concurrent_rejects_total.',
    fixes: byHand(() => 'write "max_concurrent 1000" into the block of forward'),
  }),
  DNS228: message<CorefileArgs>({
    slug: 'reverse-zones-end-here',
    severity: 'warning',
    title: 'addresses outside of the cluster have no names',
    summary: text(
      ({ zones = '' }) => `kubernetes answers for ${zones} without fallthrough: foreign addresses get NXDOMAIN`,
    ),
    explain:
      'Reverse lookups of addresses that belong to no Service end at plugin kubernetes unless it lets them through. Mail ' +
      'servers, sshd and logging that look up their callers then wait or refuse.',
    fixes: byHand(() => 'write "fallthrough in-addr.arpa ip6.arpa" into the block of kubernetes'),
  }),
  DNS229: message<CorefileArgs>({
    slug: 'pods-verified',
    severity: 'info',
    title: 'plugin kubernetes watches every pod',
    summary: text(
      ({ pods = '' }) =>
        `pods verified: every server keeps all${pods === '' ? '' : ` ${pods}`} pods of the cluster in memory`,
    ),
    explain:
      'With "pods verified" the servers watch all pods: about (pods + Services) / 250 + 56 MB instead of / 1000 + 54 MB, and ' +
      'the API server sends each of them every change. "pods insecure" answers pod names without knowing the pods.',
    fixes: byHand(() => 'write "pods insecure" unless autopath or verified pod names are needed'),
  }),
  DNS230: message<CorefileArgs>({
    slug: 'autopath-without-pods',
    severity: 'warning',
    title: 'autopath does nothing',
    summary: text(() => 'autopath @kubernetes without "pods verified" silently does nothing'),
    explain:
      'autopath needs to know the namespace of the pod that asks, which plugin kubernetes knows with "pods verified" only. ' +
      'Queries then go through the whole search list as before.',
    fixes: byHand(() => 'write "pods verified" into the block of kubernetes, or take autopath out'),
  }),
  DNS231: message<CorefileArgs>({
    slug: 'records-left-out',
    severity: 'warning',
    covers: ['DNS610'],
    title: 'some names are left out on purpose',
    summary: text(({ what = '' }) => `the option leaves names out: ${what}`),
    explain:
      'Names that an option leaves out get NXDOMAIN, which looks to callers like a Service that does not exist. Headless ' +
      'Services are those that suffer from noendpoints.',
    fixes: byHand(() => 'take the option out if these names are missed'),
  }),
  DNS232: message<CorefileArgs>({
    slug: 'metrics-on-loopback',
    severity: 'info',
    title: 'metrics are served inside of the pod only',
    summary: text(
      ({ address = '' }) => `metrics listen on ${address}: Prometheus and the API server's proxy cannot read them`,
    ),
    explain:
      'Only a port-forward, or a container of the same pod, reaches them there. OpenShift does so on purpose and puts a proxy ' +
      'with TLS beside the server.',
    fixes: byHand(() => 'write "prometheus :9153"'),
  }),
  DNS233: message<CorefileArgs>({
    slug: 'stale-answers',
    severity: 'warning',
    title: 'the cache keeps answers longer than they are meant for',
    summary: text(({ what = '' }) => `the cache keeps answers longer than they are meant for: ${what}`),
    explain:
      'Clients then connect to addresses that moved long ago. An hour of serve_stale is enough to bridge an outage of the ' +
      'upstream.',
    fixes: byHand(() => 'shorten it, or take it out'),
  }),
  DNS234: message<CorefileArgs>({
    slug: 'tls-without-name',
    severity: 'warning',
    covers: ['DNS261'],
    title: 'an encrypted upstream has no name to check',
    summary: text(
      ({ target = '' }) => `${target} without tls_servername: its certificate is checked against the bare address`,
    ),
    explain:
      'Most certificates name a host and no address, so that the connection fails and all names of that zone get SERVFAIL. ' +
      'The name is dns.quad9.net for 9.9.9.9, dns.google for 8.8.8.8, cloudflare-dns.com for 1.1.1.1.',
    fixes: byHand(() => 'write "tls_servername NAME" into the block of forward'),
  }),
  DNS235: message<CorefileArgs>({
    slug: 'logs-every-query',
    severity: 'info',
    title: 'every query is logged',
    summary: text(() => 'log without a class: every query is written to the log'),
    explain:
      'That costs a good part of the speed of the servers and fills disks. "class denial error" logs ' +
      'what fails and nothing else.',
    fixes: byHand(() => 'write "class denial error" into a block of log, or take it out'),
  }),
  DNS236: message<CorefileArgs>({
    slug: 'debugging-on',
    severity: 'info',
    title: 'debugging is switched on',
    summary: text(({ plugin = '' }) => `plugin ${plugin} is switched on`),
    explain:
      'It costs memory and speed. debug also lets a server crash where it would go on otherwise, because it no longer recovers ' +
      'from errors in plugins.',
    fixes: byHand(({ plugin = '' }) => `take ${plugin} out when the search is over`),
  }),
  DNS237: message<CorefileArgs>({
    slug: 'no-upstream',
    severity: 'info',
    covers: ['DNS611'],
    title: 'names outside of the cluster are not resolved',
    summary: text(() => 'nothing is forwarded: names outside of the cluster are refused'),
    explain:
      'That may be meant so, in a cluster without a way out. Pods that ask for outside names get REFUSED or SERVFAIL at once, ' +
      'for every suffix of their search list.',
    fixes: byHand(() => 'add "forward . /etc/resolv.conf" if outside names are needed'),
  }),
  DNS238: message<CorefileArgs>({
    slug: 'option-without-effect',
    severity: 'info',
    title: 'an option has no effect any more',
    summary: text(({ option = '', why = '' }) => `${option} has no effect: ${why}`),
    explain:
      'CoreDNS passes over it for a few versions, until it refuses to start with it. kubectl netdns corefile --migrate writes ' +
      'the Corefile without options that went.',
    fixes: byHand(({ option = '' }) => `take "${option}" out`),
  }),
  DNS239: message<CorefileArgs>({
    slug: 'second-forward-unused',
    severity: 'warning',
    title: 'a second forward is never asked',
    summary: text(
      ({ zone = '', first = '' }) =>
        `forward ${zone} stands in line ${first} already, and that one never passes a query on`,
    ),
    explain:
      'Of two forwards for the same names the second is asked only for the answers that the first names with "next" (1.11.4 ' +
      'and later). It is no fallback for a first one that is down.',
    fixes: byHand(() => 'write all upstreams behind one forward'),
  }),
  DNS240: message<CorefileArgs>({
    slug: 'import-matches-nothing',
    severity: 'info',
    title: 'an import matches no file',
    summary: text(({ pattern = '' }) => `import ${pattern} matches no file, which is harmless`),
    explain:
      'CoreDNS logs "No files matching import glob pattern" and goes on. AKS, Gardener and K3s ship such imports ' +
      'for settings of your own in ConfigMap coredns-custom.',
  }),
  DNS241: message<CorefileArgs>({
    slug: 'refused-by-next-version',
    severity: 'info',
    title: 'a newer CoreDNS would not start with this Corefile',
    summary: text(({ version = '', message: words = '' }) => `CoreDNS ${version} would not start with this: ${words}`),
    explain:
      'Nothing is broken now. An upgrade of the cluster often brings a newer CoreDNS and keeps the Corefile: servers would then ' +
      'crash at the start. kubectl netdns corefile --migrate --coredns-version VERSION writes the text for that version.',
    fixes: byHand(() => 'mend it before the upgrade'),
  }),
  DNS242: message<CorefileArgs>({
    slug: 'forwards-to-nobody',
    severity: 'warning',
    rung: 40,
    covers: ['DNS253', 'DNS254', 'DNS259', 'DNS278'],
    title: 'no upstream has an address at which somebody can be',
    summary: text(
      ({ names = '', target = '' }) => `${names} are forwarded to ${target}, an address that no network routes`,
    ),
    explain:
      'The addresses of documentation (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32) and those from 240.0.0.0 on ' +
      'are routed nowhere: each query waits until it times out and ends as SERVFAIL. They get into a Corefile with an example ' +
      'that was copied. Names of the cluster still resolve.',
    fixes: byHand(() => 'forward to the resolvers of your network instead'),
  }),
});
