import { rankFindings } from '../../../shared/diagnose/rank.ts';
import { verdictOf } from '../../../shared/diagnose/report-from-runs.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import type { LadderRung, NotChecked, Report, RungResult } from '../../../shared/report/report.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';

const WORST: readonly RungResult[] = ['fail', 'warn', 'unknown', 'pass'];

/** One report on an object that several Services concern: the causes of all of them, ranked together, each once. */
export function combineReports(via: Ref, reports: readonly Report[]): Report | undefined {
  const [first] = reports;
  if (first === undefined) return undefined;
  const ranked = rankFindings(reports.flatMap((report) => [...report.causes, ...report.findings]));
  const blind = reports.find((report) => report.verdict === 'unknown');
  const verdict = verdictOf(ranked, blind !== undefined);
  const names = reports.map((report) => report.target?.name ?? '');
  return {
    ...first,
    target: via,
    verdict,
    headline: ranked.causes[0]?.summary ?? blind?.headline ?? healthy(via, names, reports),
    causes: ranked.causes,
    findings: ranked.findings,
    notChecked: uniqueNotChecked(reports.flatMap((report) => report.notChecked)),
    coverage: {
      ran: sum(reports.map((report) => report.coverage.ran)),
      of: sum(reports.map((report) => report.coverage.of)),
    },
    ladder: combineLadders(reports.map((report) => report.ladder)),
    data: { services: names.map((name, at) => ({ name, namespace: via.namespace, verdict: reports[at]?.verdict })) },
  };
}

function healthy(via: Ref, names: readonly string[], reports: readonly Report[]): string {
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
