import type { Finding, Severity } from '../messages/finding.ts';
import type { Ref } from '../model/refs.ts';

export type Verdict = 'healthy' | 'degraded' | 'broken' | 'unknown';

/** How one rung of the ladder came out. */
export type RungResult = 'pass' | 'fail' | 'warn' | 'unknown';

export interface LadderRung {
  readonly name: string;
  readonly result: RungResult;
  /** A few words: `3 of 3 ready`, `SVC101`. */
  readonly note: string;
}

export interface NotChecked {
  readonly check: string;
  readonly reason: string;
}

/**
 * The one value that every printed form and the exit status come from. Its JSON is a stable interface; the schema is
 * `shared/report/report.schema.json`.
 */
export interface Report {
  readonly command: string;
  readonly target: Ref | undefined;
  readonly takenAt: string;
  /** `cluster CONTEXT` or `snapshot NAME`. */
  readonly source: string;
  readonly verdict: Verdict;
  /** The first line: the verdict in a sentence. */
  readonly headline: string;
  readonly causes: readonly Finding[];
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  readonly coverage: { readonly ran: number; readonly of: number };
  readonly ladder: readonly LadderRung[];
  /** Tables and other data of the command, printed after the diagnosis and added to the JSON under their keys. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly sections?: readonly Section[];
  /** Codes that were found and suppressed, with by what. */
  readonly suppressed?: readonly { readonly code: string; readonly subject: Ref; readonly by: string }[];
}

export type Section =
  | { readonly type: 'table'; readonly title?: string; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: 'text'; readonly title?: string; readonly lines: readonly string[] };

/** Exit status by severity, the same for every format: 0 healthy, 1 faults, 3 could not tell. */
export function exitCode(report: Report, failOn: Severity = 'warning'): 0 | 1 | 3 {
  const limit = RANK[failOn];
  const all = failOn === 'info' ? [...report.causes, ...report.findings] : report.causes;
  if (all.some((finding) => RANK[finding.severity] >= limit)) return 1;
  return report.verdict === 'unknown' ? 3 : 0;
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
