import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { POD_USES, workloadsBehind } from '../workloads-behind.ts';
import { refusalOf } from './creation-refusals.ts';
import { refusalFinding } from './refusal-finding.ts';

/** The API server refuses the pods that a workload behind the Service wants. */
export const podsCannotBeCreated = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-cannot-be-created',
  group: 'pods',
  needs: ['Pod'],
  uses: [...POD_USES, 'ResourceQuota', 'LimitRange', 'ServiceAccount'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    workloadsBehind(index, subject).flatMap((workload) => {
      const refusal = refusalOf(index, workload);
      return refusal === undefined ? [] : [refusalFinding(index, subject, refusal)];
    }),
});
