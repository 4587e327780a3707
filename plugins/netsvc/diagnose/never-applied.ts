import type { CheckRun } from '../../../shared/diagnose/run-checks.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { plural } from '../../../shared/util/text.ts';
import { isOnPaper } from '../checks/endpoints/on-paper.ts';
import { type ServiceSubject, subjectPods } from '../service-subject.ts';

/** Without it no Service is called healthy that the cluster of the recording does not have. */
export const APPLIED = 'netsvc/applied';

/** What is true of a manifest of a Service beside what a cluster holds; nothing for a Service that is there. */
export function neverApplied(index: ClusterIndex, subject: ServiceSubject): readonly CheckRun[] {
  if (!isOnPaper(index, subject)) return [];
  const pods = subjectPods(index, subject);
  const would =
    subject.selector === undefined
      ? ''
      : `; applied, it would select ${plural(pods.length, 'pod')} of those recorded, ${pods.filter(isReady).length} Ready`;
  const reason = `${formatRef(subject.ref)} is a manifest that was never applied${would}`;
  return [{ id: APPLIED, group: 'selector', outcome: { result: 'unknown', reason } }];
}
