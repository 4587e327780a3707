import type { CheckContext } from '../../../shared/diagnose/check.ts';
import type { CheckRun } from '../../../shared/diagnose/run-checks.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { checks } from '../checks/checks.ts';
import { equallyNear, nearestWorkloads } from '../checks/selector/nearest-workloads.ts';
import { withoutHashes } from '../checks/selector/selector-evidence.ts';
import { NEAR } from '../checks/selector/selector-matches-no-pod.ts';
import { type ServiceSubject, subjectOf } from '../service-subject.ts';
import { borrowedRuns } from './borrowed-runs.ts';

/** The finding that offers to select another workload. */
const UNMATCHED = 'SVC101';

/**
 * A selector that matches nothing hides what else is wrong: when the pods that it was meant for do not run or are not
 * ready either, mending the selector alone restores nothing. That is a cause of its own, told after the selector.
 */
export function withHeirRuns(
  runs: readonly CheckRun[],
  subject: ServiceSubject,
  service: Service,
  context: CheckContext,
): readonly CheckRun[] {
  const unmatched = runs.some(
    ({ outcome }) => outcome.result === 'fail' && outcome.findings.some(({ code }) => code === UNMATCHED),
  );
  if (!unmatched || context.sweep === true) return runs;
  const [heir, another] = equallyNear(nearestWorkloads(context.index, subject, subject.namespace));
  if (heir === undefined || another !== undefined || heir.distance > NEAR) return runs;
  const mended = subjectOf({ ...service, spec: { ...service.spec, selector: withoutHashes(heir.labels) } });
  const ofPods = checks.filter(({ group }) => group === 'pods' || group === 'readiness');
  const missed = {
    fact: `seen on the pods of ${heir.ref.kind} ${heir.ref.name}, which the selector misses`,
    source: formatRef(heir.ref),
  };
  const behind = borrowedRuns(ofPods, mended, context, (finding) => ({
    ...finding,
    severity: 'warning',
    evidence: [missed, ...finding.evidence],
  }));
  const told = new Set(behind.map(({ id }) => id));
  return [...runs.filter(({ id, outcome }) => !(told.has(id) && outcome.result !== 'fail')), ...behind];
}
