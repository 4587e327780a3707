import type { Finding } from '../messages/finding.ts';
import type { ClusterIndex } from '../model/cluster-index.ts';
import type { KindName } from '../model/kinds.ts';
import type { Ref } from '../model/refs.ts';

/** One judgement. It is synchronous, prints nothing and changes nothing. */
export interface Check<Subject> {
  /** `netsvc/selector-matches-no-pod`. */
  readonly id: string;
  /** The rung of the printed ladder it belongs to: `selector`, `pods`, `ports` … */
  readonly group: string;
  /** Kinds without which it cannot judge: one of them missing makes the outcome `unknown`. */
  readonly needs: readonly KindName[];
  /** Kinds that make its answer better but are not needed. */
  readonly uses?: readonly KindName[];
  /** False where the question makes no sense (an ExternalName Service has no selector). */
  readonly applies?: (subject: Subject, context: CheckContext) => boolean;
  readonly run: (subject: Subject, context: CheckContext) => readonly Finding[];
  /**
   * Asked when nothing was found: the reason why that is no pass, where what decides this very subject was not read.
   * Undefined for a pass.
   */
  readonly undecided?: (subject: Subject, context: CheckContext) => string | undefined;
}

export interface CheckContext {
  readonly index: ClusterIndex;
  /** Milliseconds since the epoch at which the facts were true. */
  readonly now: number;
  /** One question among many of a sweep: notes that cost a look at everything are left to the single question. */
  readonly sweep?: boolean;
  /** The object that the question names, when it is not the subject itself: `ing/shop`. */
  readonly via?: Ref;
  /** The caller named by --from, when the question has one. */
  readonly from?: { readonly namespace: string; readonly pod: string };
}

/** Gives a check its type; the value is returned as it is. */
export function defineCheck<Subject>(check: Check<Subject>): Check<Subject> {
  return check;
}

/** What became of one check. */
export type Outcome =
  | { readonly result: 'pass' }
  | { readonly result: 'fail'; readonly findings: readonly Finding[] }
  | { readonly result: 'notApplicable' }
  /** `failed`: by a fault of our own, so that nothing may be called healthy. */
  | { readonly result: 'unknown'; readonly reason: string; readonly failed?: true };
