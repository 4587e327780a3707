import type { Snapshot } from '../model/snapshot.ts';
import type { NotChecked, Report } from '../report/report.ts';

/** Broken documents beyond this many are counted, not listed. */
const MOST = 10;

/** Adds what of a snapshot could not be used to the report, unless a cause tells it: each file with its line. */
export function withProblems(report: Report, { problems: all }: Snapshot): Report {
  const problems = all.filter(({ message }) => !report.causes.some(({ summary }) => summary.includes(message)));
  if (problems.length === 0) return report;
  const told: NotChecked[] = problems.slice(0, MOST).map(({ path, line, message }) => ({
    check: 'snapshot',
    reason: `${line === undefined ? path : `${path}:${line}`}: ${message}`,
  }));
  if (problems.length > MOST) told.push({ check: 'snapshot', reason: `${problems.length - MOST} more problems` });
  return { ...report, notChecked: [...told, ...report.notChecked] };
}
