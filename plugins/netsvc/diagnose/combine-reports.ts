import { rankFindings } from '../../../shared/diagnose/rank.ts';
import { verdictOf } from '../../../shared/diagnose/report-from-runs.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import type { LadderRung, NotChecked, Report, RungResult } from '../../../shared/report/report.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';

const WORST: readonly RungResult[] = ['fail', 'warn', 'unknown', 'pass'];

export interface Combined {
  readonly command: string;
  readonly source: string;
  readonly takenAt: string;
  readonly via: Ref;
  /** What was found about the object itself, beside its Services. */
  readonly own?: { readonly group: string; readonly findings: readonly Finding[] };
}

/** One report on an object that several Services concern: the causes of all of them, ranked together, each once. */
export function combineReports(frame: Combined, reports: readonly Report[]): Report {
  const { via, own } = frame;
  const all = reports.flatMap((report) => [...report.causes, ...report.findings]);
  const ranked = rankFindings([...(own?.findings ?? []), ...all]);
  const blind = reports.find((report) => report.verdict === 'unknown');
  const names = reports.map((report) => report.target?.name ?? '');
  const ladders = [...reports.map((report) => report.ladder), ...(own === undefined ? [] : [[ownRung(own)]])];
  return {
    command: frame.command,
    source: frame.source,
    takenAt: frame.takenAt,
    target: via,
    verdict: verdictOf(ranked, blind !== undefined),
    headline: ranked.causes[0]?.summary ?? blind?.headline ?? healthy(via, names, reports),
    causes: ranked.causes,
    findings: ranked.findings,
    notChecked: uniqueNotChecked(reports.flatMap((report) => report.notChecked)),
    coverage: {
      ran: sum(reports.map((report) => report.coverage.ran)) + (own === undefined ? 0 : 1),
      of: sum(reports.map((report) => report.coverage.of)) + (own === undefined ? 0 : 1),
    },
    ladder: combineLadders(ladders),
    data: { services: names.map((name, at) => ({ name, namespace: via.namespace, verdict: reports[at]?.verdict })) },
  };
}

function ownRung({ group, findings }: NonNullable<Combined['own']>): LadderRung {
  const causes = findings.filter((finding) => finding.role === 'cause');
  if (causes.length === 0) return { name: group, result: 'pass', note: '' };
  const critical = causes.some((cause) => cause.severity === 'critical');
  return {
    name: group,
    result: critical ? 'fail' : 'warn',
    note: joinNames([...new Set(causes.map((cause) => cause.code))], 4),
  };
}

function healthy(via: Ref, names: readonly string[], reports: readonly Report[]): string {
  if (names.length === 0) return `${formatRef(via)}: no fault found`;
  if (names.length === 1) return `${formatRef(via)}: ${reports[0]?.headline ?? ''}`;
  return `${formatRef(via)}: ${plural(names.length, 'Service')} in front, all healthy: ${joinNames(names)}`;
}

function combineLadders(ladders: readonly (readonly LadderRung[])[]): readonly LadderRung[] {
  const byName = new Map<string, LadderRung>();
  for (const rung of ladders.flat()) {
    const known = byName.get(rung.name);
    if (known === undefined || WORST.indexOf(rung.result) < WORST.indexOf(known.result)) byName.set(rung.name, rung);
  }
  return [...byName.values()];
}

function uniqueNotChecked(entries: readonly NotChecked[]): readonly NotChecked[] {
  return [...new Map(entries.map((entry) => [`${entry.check}\n${entry.reason}`, entry])).values()];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
