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
  const ranked = rankFindings(runs.flatMap((run) => (run.outcome.result === 'fail' ? run.outcome.findings : [])));
  const notChecked = notCheckedOf(runs);
  const blind = runs.some(
    ({ id, outcome }) => outcome.result === 'unknown' && (outcome.failed === true || frame.essential.includes(id)),
  );
  const verdict = verdictOf(ranked, blind);
  const judged = runs.filter((run) => run.outcome.result !== 'notApplicable');
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
    coverage: { ran: judged.filter((run) => run.outcome.result !== 'unknown').length, of: judged.length },
    ladder: ladderOf(runs),
  };
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
function notCheckedOf(runs: readonly CheckRun[]): readonly NotChecked[] {
  const byReason = new Map<string, string[]>();
  for (const run of runs) {
    if (run.outcome.result !== 'unknown') continue;
    const list = byReason.get(run.outcome.reason);
    if (list === undefined) byReason.set(run.outcome.reason, [run.group]);
    else if (!list.includes(run.group)) list.push(run.group);
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
