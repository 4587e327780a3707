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
  /** What is printed before the headline instead of the verdict: `DENIED`; nothing when empty. */
  readonly word?: string;
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
  readonly suppressed?: readonly Suppressed[];
  /** The objects judged one by one, for a command that looks at many: worst first. */
  readonly items?: readonly ReportItem[];
  /**
   * `list`: the sections are the answer and the causes stay in JSON. `answer`: the sections are the answer, fixes and
   * notes follow. `diagnosis` unless said otherwise.
   */
  readonly layout?: 'diagnosis' | 'list' | 'answer';
}

export interface Suppressed {
  readonly code: string;
  readonly subject: Ref;
  /** `--suppress SVC101=shop/web`, or the annotation on the object. */
  readonly by: string;
}

/** What became of one object of many. */
export type ReportItem = Pick<Report, 'verdict' | 'headline' | 'causes' | 'findings' | 'notChecked'> & {
  readonly target: Ref;
};

export type Section =
  | {
      readonly type: 'table';
      readonly title?: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** For each row what its last cell says where there is little room. */
      readonly short?: readonly string[];
    }
  | { readonly type: 'text'; readonly title?: string; readonly lines: readonly string[] }
  | { readonly type: 'hops'; readonly title?: string; readonly hops: readonly Hop[] };

/** One station of a way, with what is known of it. */
export interface Hop {
  readonly name: string;
  readonly result: RungResult;
  /** The first line says what it is, further ones what is known of it. */
  readonly lines: readonly string[];
}

/** The word that a printed report begins with. */
export function wordOf({ word, verdict }: Report): string {
  return word ?? verdict.toUpperCase();
}

/** The severity from which a cause makes the exit status 1; `never` leaves it 0. */
export type FailOn = Severity | 'never';

/**
 * Exit status, the same for every format: 3 could not tell, 1 faults at or above the limit, 0 otherwise. Notes count
 * only for the limit `info`.
 */
export function exitCode(report: Report, failOn: FailOn = 'warning'): 0 | 1 | 3 {
  if (report.verdict === 'unknown') return 3;
  if (failOn === 'never') return 0;
  const all = failOn === 'info' ? [...report.causes, ...report.findings] : report.causes;
  return all.some((finding) => RANK[finding.severity] >= RANK[failOn]) ? 1 : 0;
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
