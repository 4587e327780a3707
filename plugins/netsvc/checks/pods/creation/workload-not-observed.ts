import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { formatRef } from '../../../../../shared/model/refs.ts';
import { ago, formatDuration } from '../../../../../shared/util/duration.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { readyPods, servicePods } from '../service-pods.ts';
import { isManifestOnly, nameOfWorkload, POD_USES, workloadsBehind } from '../workloads-behind.ts';

/** A controller writes within a second or so; a minute is far beyond any load. */
const PATIENCE = 60_000;
const YOUNG = 10_000;

/** A workload behind the Service on whose present form no controller has acted. */
export const workloadNotObserved = defineCheck<ServiceSubject>({
  id: 'netsvc/workload-not-observed',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    const ready = readyPods(servicePods(index, subject)).length;
    return workloadsBehind(index, subject).flatMap((workload) => {
      const seen = lagOf(workload, now);
      if (seen === undefined) return [];
      return [
        podsMessages.SVC211.raise({
          subject: workload.ref,
          args: { workload: nameOfWorkload(workload), seen: seen.words },
          severity: ready === 0 && !seen.young ? 'critical' : 'warning',
          confidence: seen.young ? 'possible' : 'likely',
          impact: ready === 0 ? 1 : 0.05,
          evidence: [
            {
              fact: `metadata.generation ${workload.object.metadata?.generation ?? '?'}, status.observedGeneration ${workload.object.status?.observedGeneration ?? 'absent'}`,
              source: formatRef(workload.ref),
            },
          ],
          fixes: [
            {
              title: 'see whether the controller manager runs',
              command: 'kubectl get pods -n kube-system -l component=kube-controller-manager -o wide',
              risk: 'none',
            },
          ],
        }),
      ];
    });
  },
});

interface Lag {
  readonly words: string;
  /** Made moments ago as far as is known: of a snapshot without a time of its own the age is a lower bound. */
  readonly young: boolean;
}

function lagOf(workload: OwnedWorkload, now: number): Lag | undefined {
  const { object, kind } = workload;
  if (kind === 'CronJob' || kind === 'Job' || isManifestOnly(workload)) return undefined;
  const age = now - Date.parse(object.metadata?.creationTimestamp ?? '');
  const observed = object.status?.observedGeneration;
  const generation = object.metadata?.generation;
  if (generation === undefined || Number.isNaN(age)) return undefined;
  if (observed === undefined) {
    // Files may leave the field out; an object that reports replicas has been worked on.
    const { replicas, conditions } = object.status ?? {};
    if ((replicas ?? 0) > 0 || conditions !== undefined) return undefined;
    return { words: `its status is empty ${formatDuration(age)} after it was made`, young: age < YOUNG };
  }
  if (observed >= generation || age < PATIENCE) return undefined;
  const changed = lastWrite(workload);
  if (changed === undefined || now - Date.parse(changed) < PATIENCE) return undefined;
  const words = `it was changed ${ago(changed, now)} (generation ${generation}) and only generation ${observed} was acted on`;
  return { words, young: false };
}

/** The last write to the object by anyone, which is the latest time at which the generation can have changed. */
function lastWrite(workload: OwnedWorkload): string | undefined {
  const times = (workload.object.metadata?.managedFields ?? [])
    .filter((entry) => entry.subresource !== 'status')
    .flatMap((entry) => entry.time ?? []);
  const newest = times.sort().at(-1);
  if (newest !== undefined) return newest;
  // Without managedFields: the controller last wrote conditions; a change after them is of unknown age.
  return (workload.object.status?.conditions ?? []).length === 0
    ? workload.object.metadata?.creationTimestamp
    : undefined;
}
