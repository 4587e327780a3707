import type { Finding } from '../messages/finding.ts';
import type { Ref } from '../model/refs.ts';
import type { LadderRung, NotChecked, Report, RungResult, Verdict } from '../report/report.ts';
import { joinNames } from '../util/text.ts';
import type { Ranked } from './rank.ts';
import { rankFindings } from './rank.ts';
import type { CheckRun } from './run-checks.ts';

/** What is needed beside the outcomes to make a report. */
export interface ReportFrame {
  readonly command: string;
  readonly target: Ref;
  readonly takenAt: string;
  readonly source: string;
  /** The first line when nothing is wrong. */
  readonly healthyHeadline: string;
  /** Check ids without which "healthy" may not be said. */
  readonly essential: readonly string[];
}

/** Ranks the findings of all runs and states the verdict. */
export function reportFromRuns(frame: ReportFrame, runs: readonly CheckRun[]): Report {
  const { found, judged, unknown } = tallyOf(runs);
  const ranked = rankFindings(found);
  const notChecked = notCheckedOf(unknown);
  const blind = unknown.some(({ id, failed }) => failed === true || frame.essential.includes(id));
  const verdict = verdictOf(ranked, blind);
  return {
    command: frame.command,
    target: frame.target,
    takenAt: frame.takenAt,
    source: frame.source,
    verdict,
    headline: headlineOf(verdict, ranked, frame, notChecked),
    causes: ranked.causes,
    findings: ranked.findings,
    notChecked,
    coverage: { ran: judged - unknown.length, of: judged },
    ladder: ladderOf(runs),
  };
}

/** A check that could not judge. */
interface UnknownRun {
  readonly id: string;
  readonly group: string;
  readonly reason: string;
  readonly failed?: true;
}

/** What the runs found, how many of them had something to judge, and those of them that could not. */
function tallyOf(runs: readonly CheckRun[]): {
  readonly found: readonly Finding[];
  readonly judged: number;
  readonly unknown: readonly UnknownRun[];
} {
  const found: Finding[] = [];
  const unknown: UnknownRun[] = [];
  let judged = 0;
  for (const { id, group, outcome } of runs) {
    if (outcome.result === 'notApplicable') continue;
    judged++;
    if (outcome.result === 'fail') found.push(...outcome.findings);
    if (outcome.result === 'unknown') unknown.push({ ...outcome, id, group });
  }
  return { found, judged, unknown };
}

/** `broken` for a critical cause, `degraded` for a warning, `unknown` when an essential fact is missing. */
export function verdictOf(ranked: Ranked, blind: boolean): Verdict {
  if (ranked.causes.some((cause) => cause.severity === 'critical')) return 'broken';
  if (ranked.causes.some((cause) => cause.severity === 'warning')) return 'degraded';
  return blind ? 'unknown' : 'healthy';
}

function headlineOf(verdict: Verdict, ranked: Ranked, frame: ReportFrame, notChecked: readonly NotChecked[]): string {
  const first = ranked.causes[0];
  if (first !== undefined) return first.summary;
  return verdict === 'unknown' ? `could not tell: ${whyUntold(notChecked)}` : frame.healthyHeadline;
}

/** The end of a sentence that could not be finished: what was missing. */
export function whyUntold(notChecked: readonly NotChecked[]): string {
  return joinNames([...new Set(notChecked.map((entry) => entry.reason))], 2);
}

/** One line per reason, naming the checks that it stopped. */
function notCheckedOf(unknown: readonly UnknownRun[]): readonly NotChecked[] {
  const byReason = new Map<string, string[]>();
  for (const { reason, group } of unknown) {
    const list = byReason.get(reason);
    if (list === undefined) byReason.set(reason, [group]);
    else if (!list.includes(group)) list.push(group);
  }
  return [...byReason].map(([reason, groups]) => ({ check: groups.join(', '), reason }));
}

/** One rung per group, in the order in which the groups first appear. */
function ladderOf(runs: readonly CheckRun[]): readonly LadderRung[] {
  const groups = new Map<string, CheckRun[]>();
  for (const run of runs) {
    if (run.outcome.result === 'notApplicable') continue;
    const list = groups.get(run.group);
    if (list === undefined) groups.set(run.group, [run]);
    else list.push(run);
  }
  return [...groups].map(([name, members]) => ({ name, ...rungOf(members) }));
}

function rungOf(runs: readonly CheckRun[]): { result: RungResult; note: string } {
  const causes: Finding[] = [];
  let unknown = 0;
  for (const { outcome } of runs) {
    if (outcome.result === 'unknown') unknown++;
    if (outcome.result === 'fail') causes.push(...outcome.findings.filter((finding) => finding.role === 'cause'));
  }
  if (causes.length > 0) {
    const codes = [...new Set(causes.map((finding) => finding.code))];
    const critical = causes.some((finding) => finding.severity === 'critical');
    return { result: critical ? 'fail' : 'warn', note: joinNames(codes, 4) };
  }
  if (unknown === runs.length) return { result: 'unknown', note: 'not checked' };
  return { result: 'pass', note: unknown === 0 ? '' : `${unknown} of ${runs.length} not checked` };
}
