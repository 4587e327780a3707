import type { CheckContext } from '../../../shared/diagnose/check.ts';
import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { RecordType } from '../../../shared/dns/records.ts';
import { resolverOf } from '../../../shared/dns/resolver-of.ts';
import { expandSearch, type Foretold, type Libc, wireQueries } from '../../../shared/dns/search-expansion.ts';
import { type ServerAnswers, serverAnswersOf } from '../../../shared/dns/server-answers.ts';
import { type Zone, zoneOf } from '../../../shared/dns/zone.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isReady, podKey } from '../../../shared/model/pods.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { NotChecked, Report, Section } from '../../../shared/report/report.ts';
import { joinNames, plural, shorten, wrap } from '../../../shared/util/text.ts';
import { libcOf } from '../caller.ts';
import { checks } from '../checks/checks.ts';
import { dnsSubject } from '../dns-subject.ts';
import { betterSpelling } from './better-spelling.ts';
import { fits } from './fits.ts';
import { hostsEntry, hostsFinding } from './hosts-file.ts';
import { nameFindings } from './name-findings.ts';
import type { NameQuestion } from './name-question.ts';
import { serversUnseen } from './servers-unseen.ts';

export interface ResolveFrame {
  readonly name: string;
  readonly types: readonly RecordType[];
  readonly pod: Pod | undefined;
  readonly namespace: string;
  readonly source: string;
}

/** What becomes of one name: the faults of the way to an answer, and those of the name. */
export function resolveReport(index: ClusterIndex, frame: ResolveFrame): Report {
  const { name, types, pod, namespace } = frame;
  const zone = zoneOf(index);
  const resolver = resolverOf(index, pod ?? { metadata: { namespace }, spec: {} });
  const servers = serverAnswersOf(index);
  const libc = libcOf(pod);
  const foretell = (query: string): Foretold => answered(servers, query, types, libc) ?? zone.foretell(query, types);
  const expansion = expandSearch(name, libc, resolver, foretell);
  const question: NameQuestion = { index, name, types, pod, namespace, resolver, zone, expansion, servers };
  const promised = expansion.queries.map((query) => query.name).filter((query) => zone.records(query).length > 0);
  const subject = { ...dnsSubject(index, namespace), asked: hostsEntry(name, pod) === undefined ? promised : [] };
  const context: CheckContext = { index, now: index.now };
  const hosts = hostsEntry(name, pod);
  const found =
    hosts === undefined
      ? nameFindings(question)
      : pod === undefined
        ? []
        : hostsFinding(index, { name, pod, candidates: expansion.candidates, zone, types }, hosts);
  const nameRun: CheckRun = {
    id: 'netdns/name',
    group: 'name',
    outcome: hosts !== undefined && found.length === 0 ? { result: 'pass' } : nameOutcome(found, question),
  };
  // A name that servers were seen to resolve is not concerned by what the Corefile does to others.
  const last = expansion.queries.at(-1)?.name ?? '';
  const seen =
    nameRun.outcome.result === 'pass' && servers.some(({ answers }) => answers.some((answer) => answer.name === last));
  const isOutside = (query: string): boolean => query.includes('.') && !query.endsWith(`.${zone.domain}`);
  const outside = expansion.outcome !== 'found' && isOutside(last);
  const inside = expansion.outcome === 'found' && !expansion.queries.some((query) => isOutside(query.name));
  const way = runChecks(checks, subject, subject.namespace, context).flatMap((run) =>
    concerning(run, pod, { seen, outside, inside, serving: subject.dns?.pods.some(isReady) === true }),
  );
  const target: Ref =
    pod === undefined ? { kind: 'Name', name } : { kind: 'Pod', namespace, name: pod.metadata?.name ?? '' };
  const better = betterSpelling(name, expansion.libc, resolver, zone.domain, foretell);
  const base = reportFromRuns(
    {
      command: 'netdns resolve',
      target,
      takenAt: index.takenAt,
      source: frame.source,
      healthyHeadline:
        hosts === undefined
          ? headline(question)
          : `${name} is ${joinNames(hosts.addresses)} by /etc/hosts${pod === undefined ? ' of every pod' : ` of pod ${podKey(pod)}`}; no DNS server is asked`,
      essential: ['netdns/name'],
    },
    [nameRun, ...way],
  );
  return {
    ...base,
    notChecked: [...base.notChecked, ...unasked(servers), ...(seen ? wayOf(frame) : [])],
    sections: hosts === undefined ? sections(question, better) : [],
    data: {
      name,
      types,
      ...(pod === undefined ? {} : { from: podKey(pod) }),
      search: {
        ...expansion,
        searches: resolver.searches,
        ndots: resolver.ndots,
        wireQueries: wireQueries(expansion, types.length),
      },
      servers: servers.map(({ pod: server, answers, failed }) => ({
        pod: server,
        answers,
        ...(failed === undefined ? {} : { failed }),
      })),
      better,
    },
  };
}

/** What is only said of the resolvers above the cluster, or of their answers. */
const UPSTREAM = /^DNS(14[0-3]|25[23]|259|261|270|278)$/;

/** What a Corefile does to some names: the zone left out, hosts, template, rewrite, circles, other blocks, filters. */
const OF_NAMES = /^DNS(20[3-8]|216|231)$/;

interface Concern {
  /** Some server is ready. */
  readonly serving: boolean;
  /** The servers were seen to resolve the name. */
  readonly seen: boolean;
  /** It is a name of the world outside that does not resolve. */
  readonly outside: boolean;
  /** It resolves, and nothing outside of the cluster is asked for it. */
  readonly inside: boolean;
}

/** Faults of servers and their Service concern every name; those of other pods do not concern this caller. */
function concerning(
  run: CheckRun,
  pod: Pod | undefined,
  { seen, outside, inside, serving }: Concern,
): readonly CheckRun[] {
  if (run.outcome.result !== 'fail') return [run];
  const callerOnly = run.group === 'policy' || run.group === 'pods';
  const all = run.outcome.findings.map((finding): Finding => {
    // That nothing is forwarded may be meant so; for a name of the world outside it is the end.
    if (finding.code === 'DNS237' && outside) return { ...finding, severity: 'critical' };
    // Of many names outside some fail; the one that is asked about does.
    if (outside && finding.severity !== 'info' && UPSTREAM.test(finding.code))
      return { ...finding, severity: 'critical', covers: [...finding.covers, 'DNS611'] };
    // What takes the names of the cluster from the servers is why they answer otherwise than they should.
    if (run.group === 'corefile' && finding.severity === 'critical')
      return { ...finding, covers: [...finding.covers, 'DNS610'] };
    return finding;
  });
  const findings = all.filter(
    (finding: Finding) =>
      finding.role === 'cause' &&
      !(seen && run.group === 'corefile' && (finding.severity !== 'critical' || OF_NAMES.test(finding.code))) &&
      !(inside && serving && finding.code === 'DNS204') &&
      // Of other nodes, where kubelets write another address.
      !(
        finding.code === 'DNS111' &&
        finding.pods !== undefined &&
        pod !== undefined &&
        !finding.pods.includes(podKey(pod))
      ) &&
      !(seen && ['DNS276', 'DNS404'].includes(finding.code)) &&
      !(inside && UPSTREAM.test(finding.code)) &&
      (!callerOnly ||
        // Policies on the servers concern all who ask.
        (run.group === 'policy' && finding.pods === undefined) ||
        (pod !== undefined && finding.pods?.includes(podKey(pod)) === true)),
  );
  return [{ ...run, outcome: findings.length === 0 ? { result: 'pass' } : { result: 'fail', findings } }];
}

function nameOutcome(found: readonly Finding[], question: NameQuestion): CheckRun['outcome'] {
  if (found.length > 0) return { result: 'fail', findings: found };
  const { outcome, queries, sure } = question.expansion;
  const answered = question.servers.some(({ answers }) => answers.length > 0);
  // A name that nobody was seen to answer is promised, which is not yet an answer.
  const blind = answered ? undefined : serversUnseen(question.index);
  if (outcome === 'found' && sure && blind === undefined) return { result: 'pass' };
  const open = queries.find(({ answer }) => answer === 'unknown')?.name ?? queries.at(-1)?.name ?? '';
  const reason =
    outcome === 'found'
      ? `${headline(question)}${sure ? ' if the DNS servers answer, which were not seen' : `, unless ${open} exists, which could not be seen`}`
      : `what the servers answer to ${open} was not seen`;
  return { result: 'unknown', reason };
}

/** What the servers said; undefined unless all that were asked agree. */
function answered(
  servers: readonly ServerAnswers[],
  name: string,
  types: readonly RecordType[],
  libc: Libc,
): Foretold | undefined {
  const told = servers.flatMap(({ answers, unanswered = [] }): readonly Foretold[] => {
    const own = answers.filter((answer) => answer.name === name && types.includes(answer.type as RecordType));
    if (own.length > 0) return [libc === 'musl' ? (muslFailure(own) ?? verdictOf(own)) : verdictOf(own)];
    return unanswered.some((question) => question.name === name) ? ['timeout' as const] : [];
  });
  const [first] = told;
  if (first === undefined) return undefined;
  return told.find((entry) => entry === 'found') ?? first;
}

/** musl gives up when one of the answers for A and AAAA is a failure, whatever the other one holds (lookup_name.c). */
function muslFailure(answers: ServerAnswers['answers']): Foretold | undefined {
  if (answers.some(({ rcode }) => !['NOERROR', 'NXDOMAIN'].includes(rcode))) return 'servfail';
  return answers.some(({ rcode }) => rcode === 'NXDOMAIN') ? 'nxdomain' : undefined;
}

function verdictOf(answers: ServerAnswers['answers']): Foretold {
  // The alias alone, without what was asked for at its end, is no answer.
  const whole = answers.some(
    ({ rcode, type, answers: own }) => rcode === 'NOERROR' && own.some((one) => one.type === type),
  );
  if (whole) return 'found';
  if (answers.some(({ rcode }) => rcode === 'NOERROR')) return 'nodata';
  return answers.some(({ rcode }) => rcode === 'NXDOMAIN') ? 'nxdomain' : 'servfail';
}

function headline({ name, expansion, pod, zone, types, servers }: NameQuestion): string {
  const last = expansion.queries.at(-1);
  const data = dataOf(last?.name ?? '', zone, types, servers);
  const forWhom = pod === undefined ? '' : ` for pod ${podKey(pod)}`;
  const via = last?.suffix === undefined ? '' : ` as ${last.name}`;
  return `${name} resolves${forWhom} to ${joinNames(data, 4) || 'an address'}${via}`;
}

/** Served data where servers were asked, else the promised. */
function dataOf(
  name: string,
  zone: Zone,
  types: readonly RecordType[],
  servers: readonly ServerAnswers[],
): readonly string[] {
  const served = servers.flatMap(({ answers }) =>
    answers.filter((answer) => answer.name === name).flatMap((answer) => answer.answers.map(({ data }) => data)),
  );
  if (served.length > 0) return [...new Set(served)];
  return [
    ...new Set(
      zone
        .records(name)
        .filter(({ type }) => types.includes(type) || type === 'CNAME')
        .map(({ data }) => data),
    ),
  ];
}

function sections(
  { expansion, resolver, zone, types, servers }: NameQuestion,
  better: readonly string[],
): readonly Section[] {
  // A recording may hold answers to other questions only.
  const names = new Set(expansion.queries.map(({ name }) => name));
  const asked = servers.filter(({ answers }) => answers.some(({ name }) => names.has(name)));
  const rows = expansion.queries.map(({ name, answer }, at) => [
    String(at + 1),
    `${name}.`,
    answer === 'servfail' ? (rcodeOf(name, servers) ?? WORDS.servfail) : WORDS[answer],
    joinNames(dataOf(name, zone, types, servers), 3) || '-',
    ...(asked.length === 0
      ? []
      : [`${asked.filter(({ answers }) => answers.some((entry) => entry.name === name)).length} of ${servers.length}`]),
  ]);
  const lines = [
    `${expansion.libc}: ${plural(wireQueries(expansion, types.length), 'query', 'queries')} on the wire, ndots ${resolver.ndots}, servers ${resolver.nameservers.join(', ') || '?'}`,
    ...better.map((hint) => `Better: ${hint}`),
  ];
  const head = ['#', 'NAME', 'ANSWER', 'DATA', ...(asked.length === 0 ? [] : ['SERVERS'])];
  return [
    fits([head, ...rows])
      ? { type: 'table', title: 'Queries', head, rows }
      : { type: 'text', title: 'Queries', lines: rows.flatMap(twoLines) },
    { type: 'text', lines: lines.flatMap((line) => wrap(line, 80)) },
  ];
}

/** The answer itself where it is neither an address nor "no such name": SERVFAIL, REFUSED. */
function rcodeOf(name: string, servers: readonly ServerAnswers[]): string | undefined {
  return servers.flatMap(({ answers }) => answers).find((answer) => answer.name === name && answer.rcode !== 'NXDOMAIN')
    ?.rcode;
}

/** The name on a line of its own, for it is never cut, and what is known of it below. */
function twoLines([at = '', name = '', ...rest]: readonly string[]): readonly string[] {
  const told = rest.filter((word) => word !== '-').join('  ');
  return [`${at.padStart(2)}  ${name}`, ...wrap(told, 74).map((line) => `      ${line}`)];
}

const WORDS: Readonly<Record<Foretold, string>> = {
  found: 'address',
  nodata: 'no data',
  nxdomain: 'NXDOMAIN',
  servfail: 'SERVFAIL',
  timeout: 'no answer',
  unknown: '?',
};

/** Servers are asked from inside, over TCP: whether packets of the caller come so far was not seen. */
function wayOf({ name, pod }: ResolveFrame): readonly NotChecked[] {
  const from = pod === undefined ? 'POD' : `-n ${pod.metadata?.namespace ?? ''} ${pod.metadata?.name ?? ''}`;
  const reason = `each server was asked from inside over TCP; from the pod itself: kubectl exec ${from} -- nslookup ${name}`;
  return [{ check: 'way from pods', reason }];
}

function unasked(servers: readonly ServerAnswers[]): readonly NotChecked[] {
  const reasons = new Map<string, string[]>();
  for (const { pod, failed } of servers) {
    if (failed === undefined) continue;
    const reason = shorten(failed, 200);
    reasons.set(reason, [...(reasons.get(reason) ?? []), pod]);
  }
  return [...reasons].map(([reason, pods]) => ({ check: `answers of ${joinNames(pods)}`, reason }));
}
