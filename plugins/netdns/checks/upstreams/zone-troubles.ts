import { type ForwardedZone, targetAddress } from '../../../../shared/dns/corefile/forwarded-zones.ts';
import { parseLogLine } from '../../../../shared/dns/logs/parse-line.ts';
import { countedLater } from '../../../../shared/dns/metrics/pages.ts';
import type { ServerMetrics } from '../../../../shared/dns/metrics/summarise-page.ts';
import { isSound, type UpstreamAnswers, type ZoneAnswer } from '../../../../shared/dns/upstream-answers.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { serverLog } from '../servers/server-facts.ts';

/** How one server fares with one zone. */
export interface Trouble {
  readonly kind: 'silent' | 'tcp' | 'fails' | 'slow';
  readonly pod: string;
  readonly upstream: string;
  readonly what: string;
  /** Whether UDP is known to be dead too, or plays no part. */
  readonly sure: boolean;
  readonly evidence: readonly Evidence[];
}

/** Longer than that for a name that the upstream knows is slow. */
const SLOW_MS = 100;

/** What is wrong with a zone as one server sees it; undefined when it got a sound answer in good time. */
export function troubleOf(
  index: ClusterIndex,
  server: UpstreamAnswers,
  pod: Pod | undefined,
  answer: ZoneAnswer,
  forward: ForwardedZone | undefined,
): Trouble | undefined {
  const who = { pod: server.pod };
  const source = `DNS over TCP to Pod ${server.namespace}/${server.pod}`;
  if (isSound(answer.first)) {
    const { steadyMs } = answer;
    if (steadyMs === undefined || steadyMs <= SLOW_MS) return undefined;
    const what = inTime(steadyMs);
    const fact = `${answer.first.name}: ${what} for a name that the upstream has just looked up`;
    const used = (countedLater(index).get(server.pod)?.upstreams ?? []).filter(({ requests }) => requests > 0);
    const upstream = used.length === 0 ? writtenUpstream(forward) : joinNames(used.map(({ to }) => to));
    return { ...who, kind: 'slow', upstream, what, sure: true, evidence: [{ fact, source }] };
  }
  // A resolver that answers for itself is there; which names of the world it knows is its owner's matter.
  if (answer.second !== undefined && isSound(answer.second)) return undefined;
  const line = pod === undefined ? undefined : loggedFailure(index, pod, answer);
  const later = countedLater(index).get(server.pod);
  const { rcode } = answer.first;
  const upstream = line?.upstream ?? countedUpstream(later) ?? writtenUpstream(forward);
  const evidence: Evidence[] = [
    { fact: `${answer.first.name}: ${rcode ?? 'no answer within 5 s'}`, source },
    ...(line === undefined ? [] : [{ fact: shorten(line.text, 200), source: `log of Pod ${server.pod}` }]),
  ];
  if (rcode !== undefined && line === undefined) {
    return { ...who, kind: 'fails', upstream, what: rcode, sure: rcode !== 'SERVFAIL', evidence };
  }
  const what = line?.what ?? 'no answer within 5 s';
  const udp = udpState(later, upstream, forward, line !== undefined);
  const counted = `${upstream}: ${udp === 'dead' ? 'checks of its health over UDP fail too' : 'checks of its health over UDP succeed'}`;
  if (udp !== 'unknown') evidence.push({ fact: counted, source: `metrics of ${server.pod}` });
  return { ...who, kind: udp === 'alive' ? 'tcp' : 'silent', upstream, what, sure: udp === 'dead', evidence };
}

/** What the server itself logged of our question: the upstream, and how it failed. */
function loggedFailure(
  index: ClusterIndex,
  pod: Pod,
  { first, second }: ZoneAnswer,
): { readonly upstream: string | undefined; readonly what: string; readonly text: string } | undefined {
  const names = [first.name, second?.name].filter((name) => name !== undefined);
  const lines = serverLog(index, pod)
    .split('\n')
    .filter((text) => text.includes('plugin/errors') && names.some((name) => text.includes(name)));
  const line = parseLogLine(lines.at(-1) ?? '');
  if (line === undefined) return undefined;
  const what = line.text.replace(/^.*plugin\/errors: \S+ \S+ \S+: /, '').replace(/^(read|dial) (\w+) \S+: /, '$1 $2: ');
  return { upstream: line.upstream, what: shorten(what, 100), text: line.text };
}

/** The upstream whose checks or answers failed while we asked. */
function countedUpstream(later: ServerMetrics | undefined): string | undefined {
  const failing = (later?.upstreams ?? []).filter(
    ({ healthFailures, rcodes }) => healthFailures > 0 || rcodes.SERVFAIL !== undefined || rcodes.REFUSED !== undefined,
  );
  return failing.length === 0 ? undefined : joinNames(failing.map(({ to }) => to));
}

function writtenUpstream(forward: ForwardedZone | undefined): string {
  if (forward === undefined) return 'of the Corefile';
  return joinNames(
    forward.targets.map(
      (word) => targetAddress(word) ?? (word === '/etc/resolv.conf' ? `in the node's ${word}` : word),
    ),
  );
}

/** A failure over TCP makes CoreDNS check the upstream's health over UDP until it answers (plugin forward, `max_fails`). */
function udpState(
  later: ServerMetrics | undefined,
  upstream: string,
  forward: ForwardedZone | undefined,
  gaveUp: boolean,
): 'dead' | 'alive' | 'unknown' {
  if (forward !== undefined && forward.over !== 'as asked') return 'dead';
  if (later === undefined || forward?.healthChecked !== true) return 'unknown';
  const own = later.upstreams.filter(({ to }) => upstream.includes(to));
  if ((own.length === 0 ? later.upstreams : own).some(({ healthFailures }) => healthFailures > 0)) return 'dead';
  // Until the server has given up, it checks nothing.
  return gaveUp ? 'alive' : 'unknown';
}

/** `310 ms`, `1.2 s`. */
function inTime(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
