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
 * the reason: a missing right or an absent kind is never a pass and never a fault.
 */
export function runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  namespace: string,
  context: CheckContext,
): readonly CheckRun[] {
  return checks.map((check) => ({
    id: check.id,
    group: check.group,
    outcome: runCheck(check, subject, namespace, context),
  }));
}

function runCheck<Subject>(check: Check<Subject>, subject: Subject, namespace: string, context: CheckContext): Outcome {
  if (check.applies?.(subject, context) === false) return { result: 'notApplicable' };
  const missing = missingNeed(check.needs, namespace, context);
  if (missing !== undefined) return { result: 'unknown', reason: missing };
  const findings = check.run(subject, context);
  return findings.length === 0 ? { result: 'pass' } : { result: 'fail', findings };
}

function missingNeed(needs: readonly KindName[], namespace: string, context: CheckContext): string | undefined {
  for (const kind of needs) {
    const scope = KINDS[kind].namespaced ? namespace : '*';
    const { status, reason } = context.index.seen(kind, scope);
    if (status !== 'ok') return reason;
  }
  return undefined;
}
