import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** What every word about a Corefile is given: where the line stands, how to get at it, and what the rule found. */
export interface CorefileArgs {
  /** `Corefile:12`, or the imported file. */
  readonly where: string;
  /** The command that opens the text for editing. */
  readonly edit: string;
  readonly found: Readonly<Record<string, string>>;
}

type Words = (found: Readonly<Record<string, string>>) => string;

/** A fix that is an edit: its title says what to write, and on which line. */
function edit(title: Words, risk: Fix['risk'] = 'low'): (args: CorefileArgs) => readonly Fix[] {
  return ({ where, edit: command, found }) => [{ title: `at ${where}: ${title(found)}`, command, risk }];
}

const text =
  (words: Words) =>
  ({ where, found }: CorefileArgs) =>
    `${where}: ${words(found)}`;

/** What servers show that ask themselves: they end, do not become ready, and answer nothing from outside. */
const OF_A_CIRCLE = [
  'DNS101',
  'DNS103',
  'DNS109',
  'DNS140',
  'DNS141',
  'DNS142',
  'DNS250',
  'DNS253',
  'DNS254',
  'DNS259',
] as const;

/** DNS201 to DNS219: a Corefile with which names do not resolve. */
export const corefileMessages = defineMessages({
  DNS201: message<CorefileArgs>({
    slug: 'corefile-invalid',
    severity: 'critical',
    rung: 20,
    covers: ['DNS101', 'DNS103', 'DNS109', 'DNS258', 'DNS251', 'DNS501'],
    title: 'CoreDNS does not start with this Corefile',
    summary: text(({ message: words = '', program = '' }) => `${program} does not start with this: ${words}`),
    explain:
      'CoreDNS reads the whole Corefile before it serves anything and ends at the first mistake. Servers that run already ' +
      'keep the old text (plugin reload logs "Corefile parse failed" or "reload failed"); every server that is started anew ' +
      'crashes, so the fault shows only at the next rollout or node drain.\nThe words are those of CoreDNS. A directive or ' +
      'option that came or went with a version is the usual cause after an upgrade: kubectl netdns corefile --migrate ' +
      'writes the text for another version.',
    fixes: edit(() => 'mend the line, then read the Corefile again with kubectl netdns corefile'),
  }),

  DNS202: message<CorefileArgs>({
    slug: 'no-cluster-zone',
    severity: 'critical',
    rung: 22,
    covers: ['DNS211', 'DNS237'],
    title: 'no server block serves the names of the cluster',
    summary: text(({ zone = '' }) => `no block has plugin kubernetes, so no Service has a name under ${zone}`),
    explain:
      'Names of Services come from the plugin kubernetes alone. Without it queries for them go upstream, which does not know ' +
      'them and answers NXDOMAIN.',
    fixes: edit(({ zone = '' }) => `add "kubernetes ${plain(zone)} in-addr.arpa ip6.arpa" to the block of "."`),
  }),

  DNS203: message<CorefileArgs>({
    slug: 'wrong-cluster-domain',
    severity: 'critical',
    rung: 22,
    title: 'the Corefile serves another domain than pods ask for',
    summary: text(
      ({ served = '', zone = '' }) =>
        `plugin kubernetes serves ${served.split(' ').map(plain).join(' and ')}, pods search ${plain(zone)}`,
    ),
    explain:
      'The kubelet writes its clusterDomain into the search list of every pod; CoreDNS answers for the zones named behind ' +
      'kubernetes. When the two differ, no short name resolves.',
    fixes: edit(({ zone = '' }) => `name the zone ${plain(zone)} behind kubernetes`),
  }),

  DNS204: message<CorefileArgs>({
    slug: 'forwards-to-itself',
    severity: 'critical',
    rung: 20,
    covers: [...OF_A_CIRCLE, 'DNS501'],
    title: 'queries are forwarded in a circle',
    summary: text(({ zone = '', target = '', why = '' }) => `${namesOf(zone)} are forwarded to ${target}: ${why}`),
    explain:
      'Each query comes back to the server that sent it, until every socket is used up: names of that zone fail with timeouts ' +
      'or SERVFAIL, and memory grows. Plugin loop finds a circle only at the start and only for the first zone of its own ' +
      'block; there it ends the server ("Loop … detected"), which then crashes over and over.\n127.0.0.53 in resolv.conf is ' +
      'systemd-resolved of the node; inside of a pod that address is the pod itself. Let the kubelet pass on ' +
      '/run/systemd/resolve/resolv.conf (resolvConf in its configuration), or name the real resolvers.',
    fixes: edit(() => 'forward to the resolvers of your network instead'),
  }),

  DNS205: message<CorefileArgs>({
    slug: 'forwards-to-node-cache',
    severity: 'warning',
    title: 'CoreDNS forwards to the node cache, which forwards to CoreDNS',
    summary: text(
      ({ zone = '', target = '' }) => `${namesOf(zone)} are forwarded to ${target}, the node's own DNS cache`,
    ),
    explain:
      'NodeLocal DNSCache asks CoreDNS for names of the cluster. A CoreDNS that asks the node cache in turn makes a circle ' +
      'for these names, and depends for all others on the cache of the node it happens to run on.',
    fixes: edit(() => 'forward to the resolvers of your network instead'),
  }),

  DNS206: message<CorefileArgs>({
    slug: 'hosts-hides-names',
    severity: 'critical',
    rung: 21,
    title: 'plugin hosts keeps names from the plugins behind it',
    summary: text(({ zone = '', cluster = '', all = '', entry = '' }) =>
      entry !== ''
        ? `hosts answers ${entry} for ${zone}, a name of the cluster`
        : all !== ''
          ? `hosts without fallthrough answers for ${namesOf(zone)}: those of ${plain(cluster)} get SERVFAIL`
          : `hosts without fallthrough: ${namesOf(zone)} that its list lacks get SERVFAIL`,
    ),
    explain:
      'hosts stands before kubernetes and forward, wherever it is written. A name of its zones that is not in its list ends ' +
      'there unless it has fallthrough; CoreDNS answers SERVFAIL. An entry for a name of the cluster wins over the Service.',
    fixes: edit(({ entry = '' }) =>
      entry === '' ? 'add a line "fallthrough" to the block of hosts' : 'take the entry out',
    ),
  }),

  DNS207: message<CorefileArgs>({
    slug: 'template-hides-names',
    severity: 'critical',
    rung: 21,
    title: 'plugin template keeps names from the plugins behind it',
    summary: text(({ zone = '', cluster = '', type = '', all = '' }) =>
      all !== ''
        ? `template answers ${type} queries for names of ${plain(cluster)} itself`
        : `template without fallthrough: ${namesOf(zone)} that no pattern matches get SERVFAIL`,
    ),
    explain:
      'template stands before kubernetes and forward, wherever it is written. A query of its class, type and zone that matches ' +
      'gets its answer; one that does not match any pattern ends there with SERVFAIL unless it has fallthrough.',
    fixes: edit(() => 'name the zone it is meant for, narrow the pattern, or add "fallthrough"'),
  }),

  DNS208: message<CorefileArgs>({
    slug: 'rewrite-hides-names',
    severity: 'critical',
    rung: 21,
    title: 'plugin rewrite turns names of the cluster into others',
    summary: text(({ name = '', becomes = '' }) => `rewrite turns ${plain(name)} into ${plain(becomes)}`),
    explain:
      'rewrite comes before every plugin that answers. A rule whose pattern is too wide catches the names of Services too, ' +
      'and the name that comes out does not exist.',
    fixes: edit(() => 'narrow the pattern, so that names of the cluster do not match'),
  }),

  DNS209: message<CorefileArgs>({
    slug: 'rewrite-answer-unlike-question',
    severity: 'warning',
    title: 'answers carry another name than was asked for',
    summary: text(({ rule = '' }) => `rewrite "${rule}" changes the question and leaves the answer as it is`),
    explain:
      'Resolvers throw away an answer whose name is not the one they asked for. Only exact rules turn the name back by ' +
      'themselves; the others need "answer auto" (1.8.4 and later) or an answer rule.',
    fixes: edit(() => 'put "answer auto" behind the rule'),
  }),

  DNS210: message<CorefileArgs>({
    slug: 'not-where-asked',
    severity: 'critical',
    rung: 21,
    title: 'nobody listens where queries are sent',
    summary: text(({ where: at = '', wanted = '' }) => `the servers listen on ${at}; queries are sent to ${wanted}`),
    explain:
      'The DNS Service sends queries to the targetPort of its pods. The port behind the zone (53 when none is written) and the ' +
      'addresses of bind decide where CoreDNS listens.',
    fixes: edit(({ wanted = '' }) => `let the block listen on ${wanted}`),
  }),

  DNS211: message<CorefileArgs>({
    slug: 'probe-without-plugin',
    severity: 'critical',
    rung: 21,
    covers: ['DNS101', 'DNS103'],
    title: 'a probe asks a port on which CoreDNS does not listen',
    summary: text(
      ({ kind = '', path = '', port = '', there = '' }) => `the ${kind} probe asks ${path} on port ${port}; ${there}`,
    ),
    explain:
      'Plugin ready answers /ready on port 8181, plugin health /health on port 8080, unless the Corefile names another ' +
      'address. A readiness probe without an answer keeps every pod out of the Service; a liveness probe restarts them.',
    fixes: edit(({ plugin = '', port = '', there = '' }) =>
      there.startsWith('there is no') ? `add "${plugin}" to the block` : `write "${plugin} :${port}"`,
    ),
  }),

  DNS212: message<CorefileArgs>({
    slug: 'placeholder-left',
    severity: 'critical',
    rung: 19,
    covers: ['DNS201', 'DNS101'],
    title: 'a placeholder was never filled in',
    summary: text(({ word = '' }) => `the placeholder ${word} was never filled in`),
    explain:
      'Manifests of NodeLocal DNSCache and of CoreDNS carry placeholders that a script (sed, deploy.sh) replaces before they ' +
      'are applied. __PILLAR__CLUSTER__DNS__ and __PILLAR__UPSTREAM__SERVERS__ alone are filled in by the node cache itself.',
    fixes: edit(({ word = '' }) => `write the value instead of ${word}`),
  }),

  DNS213: message<CorefileArgs>({
    slug: 'servers-ask-themselves',
    severity: 'critical',
    rung: 20,
    covers: ['DNS204', ...OF_A_CIRCLE],
    title: 'the DNS servers use themselves as upstream',
    summary: ({ found }) =>
      `${found.dns} has dnsPolicy ${found.policy}, so its own /etc/resolv.conf names the DNS Service`,
    explain:
      'The Corefile forwards to /etc/resolv.conf. With dnsPolicy ClusterFirst the kubelet writes the address of the DNS Service ' +
      'into that file, and the servers forward to themselves. They need dnsPolicy Default: the resolv.conf of the node.',
    fixes: ({ found }) => [
      {
        title: 'give the servers the resolv.conf of their nodes',
        command: `kubectl patch ${found.kind} ${found.name} -n ${found.namespace} -p '{"spec":{"template":{"spec":{"dnsPolicy":"Default"}}}}'`,
        risk: 'low',
        undo: `kubectl rollout undo ${found.kind} ${found.name} -n ${found.namespace}`,
      },
    ],
  }),

  DNS216: message<CorefileArgs>({
    slug: 'zone-served-elsewhere',
    severity: 'critical',
    rung: 21,
    covers: ['DNS130', 'DNS610'],
    title: 'another server block takes names of the cluster',
    summary: text(({ zone = '' }) => `${namesOf(zone)} come to this block, which has no plugin kubernetes`),
    explain:
      'CoreDNS gives each query to the block with the longest zone that fits, and to that one only: what the block of "." ' +
      'knows does not count. Names of Services in this zone are answered by what the block has instead.',
    fixes: edit(({ cluster = '' }) => `take the block out, or put "kubernetes ${plain(cluster)}" into it`),
  }),

  DNS215: message<CorefileArgs>({
    slug: 'acl-shuts-out-pods',
    severity: 'critical',
    rung: 21,
    title: 'plugin acl refuses the pods of the cluster',
    summary: text(({ rule = '' }) => `acl refuses queries of pods: "${rule}"`),
    explain:
      'The first rule of acl that fits the address of a client decides: block answers REFUSED, filter an empty answer, drop ' +
      'nothing at all. What no rule fits is allowed.',
    fixes: edit(() => 'put "allow net POD_RANGE" before the rule, or narrow it'),
  }),

  DNS217: message<CorefileArgs>({
    slug: 'template-denies-type',
    severity: 'critical',
    rung: 21,
    covers: ['DNS617'],
    title: 'plugin template calls names missing that have no address of one type',
    summary: text(
      ({ type = '', pod = '' }) =>
        `template answers NXDOMAIN to every question for ${type}: on Alpine no name resolves then${pod === '' ? '' : `, such as for pod ${pod}`}`,
    ),
    explain:
      'NXDOMAIN says that the name does not exist, with any type. A resolver asks for A and AAAA at once: musl (Alpine) gives ' +
      'up when one of the two answers is NXDOMAIN, and caches in between may keep that for both. glibc and Go use the other answer, so ' +
      'that only some pods fail. An empty answer (NOERROR) spares AAAA lookups without that.',
    fixes: edit(() => 'write "rcode NOERROR" instead of NXDOMAIN'),
  }),
});

function plain(name: string): string {
  return name.replace(/\.$/, '');
}

function namesOf(zone: string): string {
  return zone === '.' ? 'all names' : `names of ${plain(zone)}`;
}
