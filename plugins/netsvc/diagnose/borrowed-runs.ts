import type { Check, CheckContext, Outcome } from '../../../shared/diagnose/check.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ServiceSubject } from '../service-subject.ts';

/** What keeps a Service from answering at all. */
export function criticalCauses(outcome: Outcome): readonly Finding[] {
  if (outcome.result !== 'fail') return [];
  return outcome.findings.filter(({ role, severity }) => role === 'cause' && severity === 'critical');
}

/** The critical causes that some checks find at another subject, each put into the words of the one that was asked about. */
export function borrowedRuns(
  checks: readonly Check<ServiceSubject>[],
  subject: ServiceSubject,
  context: CheckContext,
  told: (finding: Finding) => Finding,
): readonly CheckRun[] {
  return runChecks(checks, subject, subject.namespace, context).flatMap((run) => {
    const findings = criticalCauses(run.outcome).map(told);
    return findings.length === 0 ? [] : [{ ...run, outcome: { result: 'fail' as const, findings } }];
  });
}
