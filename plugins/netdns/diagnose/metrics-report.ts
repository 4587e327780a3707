import { rankFindings } from '../../../shared/diagnose/rank.ts';
import { verdictOf } from '../../../shared/diagnose/report-from-runs.ts';
import type { NamedMetrics } from '../../../shared/dns/metrics/pages.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { NotChecked, Report, Section } from '../../../shared/report/report.ts';
import { formatDuration } from '../../../shared/util/duration.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { inMs, metricsFindings } from './metrics-findings.ts';

export interface MetricsFrame {
  readonly subject: Ref;
  readonly takenAt: string;
  readonly source: string;
  /** Zones whose answers the cache does not keep. */
  readonly uncached: readonly string[];
  readonly unseen: readonly NotChecked[];
}

/** The answer of `netdns metrics`. */
export function metricsReport(all: readonly NamedMetrics[], frame: MetricsFrame): Report {
  const ranked = rankFindings(metricsFindings(all, frame.subject));
  return {
    command: 'netdns metrics',
    target: frame.subject,
    takenAt: frame.takenAt,
    source: frame.source,
    verdict: verdictOf(ranked, all.length === 0),
    headline: ranked.causes[0]?.summary ?? quietHeadline(all, frame),
    causes: ranked.causes,
    findings: ranked.findings,
    notChecked: frame.unseen,
    coverage: { ran: all.length, of: all.length + frame.unseen.length },
    ladder: [],
    sections: sectionsOf(all, frame),
    data: {
      metrics: all.map(({ pod, program, metrics }) => ({ pod, program, ...metrics })),
      uncachedZones: frame.uncached,
    },
  };
}

function quietHeadline(all: readonly NamedMetrics[], { unseen }: MetricsFrame): string {
  if (all.length === 0) return `could not tell: ${unseen[0]?.reason ?? 'no metrics were read'}`;
  const queries = all.reduce((sum, { metrics }) => sum + metrics.queries, 0);
  return `${plural(all.length, 'server')}, ${plural(queries, 'query', 'queries')}: nothing that points to a fault`;
}

function sectionsOf(all: readonly NamedMetrics[], { uncached }: MetricsFrame): readonly Section[] {
  if (all.length === 0) return [];
  return [
    {
      type: 'table',
      title: 'Servers',
      head: ['SERVER', 'VERSION', 'COUNTED', 'QUERIES', 'PER S', 'CACHE', 'COREFILE'],
      rows: all.map(serverRow),
    },
    {
      type: 'table',
      title: 'Answers',
      head: ['SERVER', 'P50', 'P95', 'P99', 'RCODES'],
      rows: all.map(answerRow),
    },
    {
      type: 'table',
      title: 'Troubles',
      head: ['SERVER', 'REFUSED', 'PANICS', 'RELOADS FAILED', 'MEMORY'],
      rows: all.map(troubleRow),
    },
    ...upstreamTable(all),
    ...(uncached.length === 0
      ? []
      : [
          {
            type: 'text' as const,
            lines: [`Not cached on purpose: ${joinNames(uncached, 5)}. Few cache hits are normal then.`],
          },
        ]),
    ...setupErrors(all),
  ];
}

/** What rounds to nothing is left to the JSON form. */
const LEAST_SHARE = 0.005;

function serverRow({ pod, metrics }: NamedMetrics): readonly string[] {
  const { seconds, queries, cacheHits, cacheMisses } = metrics;
  const asked = cacheHits + cacheMisses;
  return [
    pod,
    metrics.version ?? '-',
    seconds === undefined ? '-' : formatDuration(seconds * 1000),
    String(queries),
    seconds === undefined || seconds <= 0 ? '-' : String(Number((queries / seconds).toPrecision(2))),
    asked === 0 ? '-' : `${Math.round((cacheHits / asked) * 100)}%`,
    metrics.configHash?.slice(0, 8) ?? '-',
  ];
}

function answerRow({ pod, metrics }: NamedMetrics): readonly string[] {
  const { rcodes, p50, p95, p99 } = metrics;
  const all = Object.values(rcodes).reduce((sum, count) => sum + count, 0);
  const shares = Object.entries(rcodes)
    .sort(([, a], [, b]) => b - a)
    .flatMap(([rcode, count]) => (count / all >= LEAST_SHARE ? [`${rcode} ${Math.round((count / all) * 100)}%`] : []));
  return [pod, time(p50), time(p95), time(p99), shares.join(' ') || '-'];
}

function troubleRow({ pod, metrics }: NamedMetrics): readonly string[] {
  const { rejects, panics, reloadFailed, memory } = metrics;
  return [
    pod,
    String(rejects),
    String(panics),
    String(reloadFailed),
    memory === undefined ? '-' : `${Math.round(memory / 1_000_000)} MB`,
  ];
}

function upstreamTable(all: readonly NamedMetrics[]): readonly Section[] {
  const rows = all.flatMap(({ pod, metrics }) =>
    metrics.upstreams.map(({ to, requests, rcodes, p95, healthFailures }) => {
      const failed = rcodes.SERVFAIL ?? 0;
      return [to, pod, String(requests), time(p95), String(failed), String(healthFailures)];
    }),
  );
  if (rows.length === 0) return [];
  return [
    {
      type: 'table',
      title: 'Upstreams',
      head: ['UPSTREAM', 'ASKED BY', 'QUERIES', 'P95', 'SERVFAIL', 'BAD CHECKS'],
      rows,
    },
  ];
}

function setupErrors(all: readonly NamedMetrics[]): readonly Section[] {
  const rows = all.flatMap(({ pod, metrics }) =>
    Object.entries(metrics.setupErrors).map(([type, count]) => [pod, type, String(count)]),
  );
  return rows.length === 0
    ? []
    : [{ type: 'table', title: 'Errors while setting up the node', head: ['NODE CACHE', 'WHAT', 'COUNT'], rows }];
}

function time(seconds: number | undefined): string {
  return seconds === undefined ? '-' : inMs(seconds);
}
