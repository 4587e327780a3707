import type { CheckContext } from '../../../shared/diagnose/check.ts';
import { type Ranked, rankFindings } from '../../../shared/diagnose/rank.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { farChecks, ownChecks } from '../checks/checks.ts';
import { lintIndex } from './lint-facts.ts';
import { type PolicySubject, policySubject } from './policy-subject.ts';

/** One policy with what became of every check. */
export interface Linted extends Ranked {
  readonly subject: PolicySubject;
  readonly runs: readonly CheckRun[];
}

/** Runs every check of a policy. `index` is one that `lintIndex` gave. */
export function lintPolicy(index: ClusterIndex, subject: PolicySubject): Linted {
  const context: CheckContext = { index, now: index.now };
  const runs = [
    ...runChecks(ownChecks, subject, subject.namespace ?? '*', context),
    ...runChecks(farChecks, subject, '*', context),
  ];
  const found = runs.flatMap(({ outcome }) => (outcome.result === 'fail' ? outcome.findings : []));
  return { subject, runs, ...rankFindings(found) };
}

/**
 * What is to be said about some policies, such as those that took part in an answer: causes first, then notes, policy by
 * policy in the order given. Kinds that are not linted, and policies that were not read, say nothing.
 */
export function lintPolicies(index: ClusterIndex, refs: readonly Ref[], cni?: string): readonly Finding[] {
  const facts = lintIndex(index, cni);
  const linted = refs.flatMap((ref) => {
    const subject = policySubject(facts, ref);
    return subject === undefined ? [] : [lintPolicy(facts, subject)];
  });
  return [...linted.flatMap(({ causes }) => causes), ...linted.flatMap(({ findings }) => findings)];
}
