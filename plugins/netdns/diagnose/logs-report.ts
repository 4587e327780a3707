import { rankFindings } from '../../../shared/diagnose/rank.ts';
import { verdictOf } from '../../../shared/diagnose/report-from-runs.ts';
import { nameClients } from '../../../shared/dns/logs/name-clients.ts';
import type { LogMeaning } from '../../../shared/dns/logs/parse-line.ts';
import {
  type LogSummary,
  type LogText,
  type QuerySummary,
  summariseLogs,
  type Tally,
} from '../../../shared/dns/logs/summarise.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { NotChecked, Report, Section } from '../../../shared/report/report.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { logFindings } from './log-findings.ts';
import { inMs } from './metrics-findings.ts';

export interface LogsFrame {
  readonly subject: Ref;
  readonly takenAt: string;
  readonly source: string;
  readonly domain: string | undefined;
  readonly unseen: readonly NotChecked[];
  /** Where the pods are that the clients of a query log could be; undefined for a file by itself. */
  readonly index?: ClusterIndex;
}

/** The answer of `netdns logs`. */
export function logsReport(logs: readonly LogText[], frame: LogsFrame): Report {
  const counted = summariseLogs(logs, frame.domain);
  const summary = frame.index === undefined ? counted : nameClients(frame.index, counted);
  const ranked = rankFindings(logFindings(summary, frame.subject, 'log of'));
  return {
    command: 'netdns logs',
    target: frame.subject,
    takenAt: frame.takenAt,
    source: frame.source,
    verdict: verdictOf(ranked, logs.length === 0),
    headline: ranked.causes[0]?.summary ?? quietHeadline(logs, summary, frame),
    causes: ranked.causes,
    findings: ranked.findings,
    notChecked: frame.unseen,
    coverage: { ran: logs.length, of: logs.length + frame.unseen.length },
    ladder: [],
    sections: sectionsOf(summary),
    data: {
      logs: {
        lines: summary.lines,
        groups: summary.groups,
        ...(summary.queries === undefined ? {} : { queries: summary.queries }),
      },
    },
  };
}

function quietHeadline(logs: readonly LogText[], summary: LogSummary, { unseen }: LogsFrame): string {
  if (logs.length === 0) return `could not tell: ${unseen[0]?.reason ?? 'no log was read'}`;
  return `${plural(summary.lines, 'line')} of ${plural(logs.length, 'log')}: nothing that points to a fault`;
}

const WORDS: Readonly<Record<LogMeaning, string>> = {
  query: 'query',
  loop: 'forwarding circle',
  'upstream-timeout': 'upstream timed out',
  'upstream-refused': 'upstream refused',
  'upstream-unreachable': 'no way to the upstream',
  'upstream-unhealthy': 'no upstream healthy',
  'upstream-unusable': 'answers of no use',
  'too-many-files': 'too many open files',
  'too-many-queries': 'too many queries wait',
  'other-error': 'other error',
  'api-unreachable': 'API server not reached',
  'not-ready': 'waited to be ready',
  'start-refused': 'did not start',
  'reload-refused': 'reload refused',
  overload: 'too busy',
  panic: 'panic',
  'import-empty': 'import matches nothing (harmless)',
  started: 'started',
  stopped: 'stopped',
};

function sectionsOf({ groups, queries }: LogSummary): readonly Section[] {
  const rows = groups.map(({ meaning, count, pods, upstreams, zones, names }) => {
    const what = upstreams.length > 0 ? upstreams : names;
    return [
      WORDS[meaning],
      String(count),
      joinNames(zones.length > 0 ? zones : what.map((one) => one.what), 2),
      joinNames(pods, 2),
    ];
  });
  return [
    ...(rows.length === 0
      ? []
      : [{ type: 'table' as const, title: 'What the lines mean', head: ['MEANING', 'COUNT', 'ABOUT', 'IN'], rows }]),
    ...(queries === undefined ? [] : queryTables(queries)),
  ];
}

function queryTables(queries: QuerySummary): readonly Section[] {
  const { p50, p95 } = queries;
  const speed =
    p50 === undefined || p95 === undefined ? '' : `; half within ${inMs(p50)}, 95 of 100 within ${inMs(p95)}`;
  const lines = [
    `${plural(queries.queries, 'query', 'queries')}${speed}`,
    `answers: ${queries.rcodes.map(({ what, count }) => `${what} ${count}`).join(', ')}`,
    `misses of search lists: ${queries.searchMisses}`,
  ];
  return [
    { type: 'text', title: 'Query log', lines },
    ...tableOf('Names that fail', 'NAME', queries.failingNames),
    ...tableOf('Clients whose queries fail', 'CLIENT', queries.failingClients),
  ];
}

function tableOf(title: string, head: string, list: readonly Tally[]): readonly Section[] {
  if (list.length === 0) return [];
  return [{ type: 'table', title, head: [head, 'COUNT'], rows: list.map(({ what, count }) => [what, String(count)]) }];
}
