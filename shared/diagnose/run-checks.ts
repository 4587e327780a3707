import type { KindName } from '../model/kinds.ts';
import { KINDS } from '../model/kinds.ts';
import type { Check, CheckContext, Outcome } from './check.ts';

/** The outcome of every check on one subject, in the order of the list. */
export interface CheckRun {
  readonly id: string;
  readonly group: string;
  readonly outcome: Outcome;
}

/**
 * Runs every check on a subject. A check whose needed kinds were not read is `unknown`, with the first missing fact as
 * the reason: a missing right or an absent kind is never a pass and never a fault. One that fails by a fault of its own
 * is `unknown` too: at night, the answers of the others are worth more than a whole command that ends.
 */
export function runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  namespace: string,
  context: CheckContext,
): readonly CheckRun[] {
  // The same for all subjects of a namespace.
  const missing = context.index.memoOf(checks, `diagnose/missing-needs/${namespace}`, () =>
    checks.map(({ needs }) => missingNeed(needs, namespace, context)),
  );
  return checks.map((check, at) => ({
    id: check.id,
    group: check.group,
    outcome: runCheck(check, missing[at], subject, context),
  }));
}

/** The usual outcomes, one value each: a sweep of 2,000 Services has a quarter of a million of them. */
const PASS: Outcome = Object.freeze({ result: 'pass' });
const NOT_APPLICABLE: Outcome = Object.freeze({ result: 'notApplicable' });

function runCheck<Subject>(
  check: Check<Subject>,
  missing: string | undefined,
  subject: Subject,
  context: CheckContext,
): Outcome {
  try {
    if (check.applies?.(subject, context) === false) return NOT_APPLICABLE;
    if (missing !== undefined) return { result: 'unknown', reason: missing };
    const findings = check.run(subject, context);
    if (findings.length > 0) return { result: 'fail', findings };
    const undecided = check.undecided?.(subject, context);
    return undecided === undefined ? PASS : { result: 'unknown', reason: undecided };
  } catch (error) {
    return { result: 'unknown', reason: faultOf(check.id, error), failed: true };
  }
}

/** The words by which a check is told that failed itself. */
export const OWN_FAULT = 'a fault of this plugin, please report it';

function faultOf(id: string, error: unknown): string {
  return `check ${id} failed: ${error instanceof Error ? error.message : String(error)} (${OWN_FAULT})`;
}

function missingNeed(needs: readonly KindName[], namespace: string, context: CheckContext): string | undefined {
  for (const kind of needs) {
    const scope = KINDS[kind].namespaced ? namespace : '*';
    const { status, reason } = context.index.seen(kind, scope);
    if (status !== 'ok') return reason;
  }
  return undefined;
}
