import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { plural } from '../../../../shared/util/text.ts';
import { readinessMessages } from '../../messages/readiness.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { nameOfWorkload, WORKLOAD_USES, workloadsBehind } from '../pods/workloads-behind.ts';

/** Ready pods that their workload does not count as available yet: they take requests, the rollout waits. */
export const minReadySeconds = defineCheck<ServiceSubject>({
  id: 'netsvc/min-ready-seconds',
  group: 'readiness',
  needs: ['Pod'],
  uses: WORKLOAD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    workloadsBehind(index, subject).flatMap((workload) => {
      const { spec, status } = workload.object;
      const seconds = spec?.minReadySeconds ?? 0;
      const ready = status?.readyReplicas ?? 0;
      const available = status?.availableReplicas ?? 0;
      if (seconds === 0 || ready <= available) return [];
      return [
        readinessMessages.SVC315.raise({
          subject: workload.ref,
          args: {
            workload: nameOfWorkload(workload),
            seconds,
            waiting: plural(ready - available, 'pod'),
          },
          evidence: [
            {
              fact: `readyReplicas ${ready}, availableReplicas ${available}`,
              source: `${formatRef(workload.ref)} status`,
            },
          ],
        }),
      ];
    }),
});
