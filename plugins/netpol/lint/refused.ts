import { runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { NotChecked } from '../../../shared/report/report.ts';
import { formChecks } from '../checks/form/checks.ts';
import { lintIndex } from './lint-facts.ts';
import { policySubjects } from './policy-subject.ts';

/** More than these are counted. */
const MOST = 5;

/**
 * Policies of manifests that an API server would refuse, as gaps of an answer: what they say was judged as far as it has
 * a meaning, and would not be in force.
 */
export function refusedPolicies(index: ClusterIndex, cni: string | undefined): readonly NotChecked[] {
  const facts = lintIndex(index, cni);
  const found = policySubjects(facts, undefined).flatMap((subject) =>
    runChecks(formChecks, subject, subject.namespace ?? '*', { index: facts, now: facts.now }).flatMap(({ outcome }) =>
      outcome.result === 'fail' ? outcome.findings.filter(({ severity }) => severity === 'critical') : [],
    ),
  );
  const lines = found.slice(0, MOST).map(({ summary }) => ({ check: 'policies', reason: summary }));
  const rest = found.length - lines.length;
  return rest === 0
    ? lines
    : [...lines, { check: 'policies', reason: `${rest} more that are refused: kubectl netpol lint` }];
}
