import type { NamedMetrics } from '../../../shared/dns/metrics/pages.ts';
import { failsChecks, type ServerMetrics } from '../../../shared/dns/metrics/summarise-page.ts';
import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { compareText, joinNames } from '../../../shared/util/text.ts';
import { metricsMessages as words } from '../messages/metrics.ts';

/** Fewer answers than that are no sample. */
const SAMPLE = 200;
const SLOW_UPSTREAM_S = 1;
const SLOW_SERVER_S = 0.1;
/** The share of answers SERVFAIL that is too much, whether metrics or a log of queries count them. */
export const MANY_SERVFAILS = 0.05;
/** A server is slow by itself when it takes so many times as long as the quickest one. */
const TIMES_SLOWER = 5;

/** What metrics say that somebody should know. */
export function metricsFindings(all: readonly NamedMetrics[], subject: Ref): readonly Finding[] {
  const servers = all.filter(({ program }) => program === 'coredns');
  return [
    ...configDiffers(servers, subject),
    ...counted(servers, subject, words.DNS277, ({ reloadFailed }) => reloadFailed, 'coredns_reload_failed_total'),
    ...counted(servers, subject, words.DNS275, ({ panics }) => panics, 'coredns_panics_total'),
    ...counted(
      servers,
      subject,
      words.DNS274,
      ({ rejects }) => rejects,
      'coredns_forward_max_concurrent_rejects_total',
    ),
    ...upstreams(all, subject),
    ...slowServers(servers, subject),
    ...answers(servers, subject),
  ];
}

type Counted = typeof words.DNS274;

function counted(
  servers: readonly NamedMetrics[],
  subject: Ref,
  message: Counted,
  of: (metrics: ServerMetrics) => number,
  name: string,
): readonly Finding[] {
  const some = servers.filter(({ metrics }) => of(metrics) > 0);
  if (some.length === 0) return [];
  const sum = some.reduce((total, { metrics }) => total + of(metrics), 0);
  return [
    message.raise({
      subject,
      args: { pods: joinNames(some.map(({ pod }) => pod)), what: '', number: String(sum) },
      evidence: some.map(({ pod, metrics }) => evidence(`${name} ${of(metrics)}`, pod)),
    }),
  ];
}

function evidence(fact: string, pod: string): Evidence {
  return { fact, source: `metrics of ${pod}` };
}

/** The hash that fewer servers have is the odd one; without a majority nobody can say which is right. */
function configDiffers(servers: readonly NamedMetrics[], subject: Ref): readonly Finding[] {
  const byHash = new Map<string, string[]>();
  for (const { pod, metrics } of servers) {
    if (metrics.configHash === undefined) continue;
    byHash.set(metrics.configHash, [...(byHash.get(metrics.configHash) ?? []), pod]);
  }
  if (byHash.size < 2) return [];
  const groups = [...byHash].sort(([, a], [, b]) => b.length - a.length || compareText(a[0] ?? '', b[0] ?? ''));
  const [most, ...others] = groups;
  const even = most?.[1].length === others[0]?.[1].length;
  const odd = (even ? groups : others).flatMap(([, pods]) => pods).sort(compareText);
  return [
    words.DNS276.raise({
      subject,
      confidence: groups.length === servers.length ? 'likely' : 'proven',
      args: even
        ? { pods: joinNames(odd), what: '', number: '' }
        : {
            pods: `${joinNames(odd)} ${odd.length === 1 ? 'runs' : 'run'}`,
            what: joinNames(most?.[1] ?? []),
            number: '',
          },
      evidence: groups.map(([hash, pods]) => ({
        fact: `runs on Corefile ${hash.slice(0, 12)}…`,
        source: `log or metrics of ${joinNames(pods)}`,
      })),
    }),
  ];
}

function upstreams(all: readonly NamedMetrics[], subject: Ref): readonly Finding[] {
  const targets = [...new Set(all.flatMap(({ metrics }) => metrics.upstreams.map(({ to }) => to)))].sort(compareText);
  return targets.flatMap((to): readonly Finding[] => {
    const seen = all.flatMap(({ pod, metrics }) =>
      metrics.upstreams.filter((one) => one.to === to).map((one) => ({ pod, ...one })),
    );
    const failed = seen.filter(failsChecks);
    const slow = seen.filter(({ requests, p95 }) => requests >= 100 && p95 !== undefined && p95 > SLOW_UPSTREAM_S);
    const worst = Math.max(...slow.map(({ p95 }) => p95 ?? 0));
    return [
      ...(failed.length === 0
        ? []
        : [
            words.DNS278.raise({
              subject,
              args: {
                what: to,
                number: String(failed.reduce((sum, one) => sum + one.healthFailures, 0)),
                pods: joinNames(failed.map(({ pod }) => pod)),
              },
              evidence: failed.map(({ pod, healthFailures, requests }) =>
                evidence(`${to}: ${healthFailures} health checks failed, ${requests} queries`, pod),
              ),
            }),
          ]),
      ...(slow.length === 0
        ? []
        : [
            words.DNS270.raise({
              subject,
              args: { what: to, number: inMs(worst), pods: '' },
              evidence: slow.map(({ pod, requests, p50, p95 }) =>
                evidence(
                  `${to}: half within ${inMs(p50 ?? 0)}, 95 of 100 within ${inMs(p95 ?? 0)}, ${requests} queries`,
                  pod,
                ),
              ),
            }),
          ]),
    ];
  });
}

function slowServers(servers: readonly NamedMetrics[], subject: Ref): readonly Finding[] {
  const timed = servers.filter(({ metrics }) => metrics.queries >= SAMPLE && metrics.p95 !== undefined);
  const quickest = Math.min(...timed.map(({ metrics }) => metrics.p95 ?? 0));
  const slow = timed.filter(({ metrics }) => {
    const time = metrics.p95 ?? 0;
    return (
      time > SLOW_SERVER_S && timed.length > 1 && time > quickest * TIMES_SLOWER && !waitsForOthers(metrics.upstreams)
    );
  });
  return slow.map(({ pod, metrics }) =>
    words.DNS271.raise({
      subject,
      args: { pods: pod, number: inMs(metrics.p95 ?? 0), what: `, ${inMs(quickest)} on the quickest server` },
      evidence: timed.map((one) =>
        evidence(`half within ${inMs(one.metrics.p50 ?? 0)}, 95 of 100 within ${inMs(one.metrics.p95 ?? 0)}`, one.pod),
      ),
    }),
  );
}

/** The time went by at an upstream: the server is not to blame for that. */
function waitsForOthers(upstreams: ServerMetrics['upstreams']): boolean {
  return upstreams.some(({ p95 }) => p95 !== undefined && p95 > SLOW_SERVER_S);
}

function answers(servers: readonly NamedMetrics[], subject: Ref): readonly Finding[] {
  const shares = servers.flatMap(({ pod, metrics }) => {
    const all = Object.values(metrics.rcodes).reduce((sum, count) => sum + count, 0);
    if (all < SAMPLE) return [];
    const share = (rcode: string) => (metrics.rcodes[rcode] ?? 0) / all;
    return [{ pod, all, servfail: share('SERVFAIL'), nxdomain: share('NXDOMAIN') }];
  });
  const failing = shares.filter(({ servfail }) => servfail >= MANY_SERVFAILS);
  const missing = shares.filter(({ nxdomain }) => nxdomain > 0.6);
  const percent = (value: number) => String(Math.round(value * 100));
  return [
    ...(failing.length === 0
      ? []
      : [
          words.DNS272.raise({
            subject,
            args: {
              pods: joinNames(failing.map(({ pod }) => pod)),
              number: percent(Math.max(...failing.map(({ servfail }) => servfail))),
              what: '',
            },
            evidence: failing.map(({ pod, all, servfail }) =>
              evidence(`SERVFAIL: ${percent(servfail)} of 100 of ${all} answers`, pod),
            ),
          }),
        ]),
    ...(missing.length === 0
      ? []
      : [
          words.DNS273.raise({
            subject,
            args: { pods: '', number: percent(Math.max(...missing.map(({ nxdomain }) => nxdomain))), what: '' },
            evidence: missing.map(({ pod, all, nxdomain }) =>
              evidence(`NXDOMAIN: ${percent(nxdomain)} of 100 of ${all} answers`, pod),
            ),
          }),
        ]),
  ];
}

/** `0.35 ms`, `120 ms`, `2.1 s`. */
export function inMs(seconds: number): string {
  if (seconds >= 1) return `${Number(seconds.toPrecision(2))} s`;
  const ms = seconds * 1000;
  return ms >= 100 ? `${Math.round(ms)} ms` : `${Number(ms.toPrecision(2))} ms`;
}
