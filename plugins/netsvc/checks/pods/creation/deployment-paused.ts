import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../../shared/model/refs.ts';
import { conditionOfWorkload, replicaSetsOf } from '../../../../../shared/model/rollouts.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { target } from '../containers/workload-commands.ts';
import { nameOfWorkload, stayingPods, WORKLOAD_USES, workloadsBehind } from '../workloads-behind.ts';

/** A Deployment that was paused before its controller made a ReplicaSet has no pods. */
export const deploymentPaused = defineCheck<ServiceSubject>({
  id: 'netsvc/deployment-paused',
  group: 'pods',
  needs: ['Pod', 'Deployment'],
  uses: WORKLOAD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    if (stayingPods(index, subject).length > 0) return [];
    return (
      workloadsBehind(index, subject)
        .filter(({ kind, object }) => kind === 'Deployment' && object.spec?.paused === true)
        .filter(({ object }) => (object.spec?.replicas ?? 1) > 0)
        // DeploymentStatus.replicas sums its ReplicaSets: pods of one that the files leave out.
        .filter(({ object }) => (object.status?.replicas ?? 0) === 0)
        // A ReplicaSet that is there would be scaled even while its Deployment is paused.
        .filter(({ ref }) => replicaSetsOf(index, ref).every((set) => (set.spec?.replicas ?? 0) === 0))
        .map((workload) =>
          podsMessages.SVC203.raise({
            subject: workload.ref,
            args: { workload: nameOfWorkload(workload), replicas: workload.object.spec?.replicas ?? 1 },
            evidence: [
              {
                fact: `spec.paused is true; ${conditionOfWorkload(workload.object, 'Progressing')?.message ?? 'no ReplicaSet was made'}`,
                source: `${formatRef(workload.ref)} spec.paused`,
              },
            ],
            fixes: [
              {
                title: 'resume the rollout',
                command: `kubectl rollout resume ${target(workload.ref)}`,
                risk: 'low',
                undo: `kubectl rollout pause ${target(workload.ref)}`,
              },
            ],
          }),
        )
    );
  },
});
