import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { type FieldChange, lastChange } from '../../../../../shared/model/managed-fields.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { formatRef } from '../../../../../shared/model/refs.ts';
import { ago } from '../../../../../shared/util/duration.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { target } from '../containers/workload-commands.ts';
import { podKeys } from '../pod-groups.ts';
import { servicePods } from '../service-pods.ts';
import { autoscalerOf, nameOfWorkload, POD_USES, stayingPods, workloadsBehind } from '../workloads-behind.ts';
import { type ScaledDown, scaledDown, zeroScaler } from './scale-to-zero.ts';

/** The only workloads behind the Service have 0 replicas: by hand a fault, by an autoscaler a state. */
export const scaledToZero = defineCheck<ServiceSubject>({
  id: 'netsvc/scaled-to-zero',
  group: 'pods',
  needs: ['Pod'],
  uses: [...POD_USES, 'HorizontalPodAutoscaler', 'ScaledObject'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    if (stayingPods(index, subject).length > 0) return [];
    return workloadsBehind(index, subject)
      .filter((workload) => workload.object.spec?.replicas === 0)
      .map((workload) => finding(index, subject, workload, now));
  },
});

function finding(index: ClusterIndex, subject: ServiceSubject, workload: OwnedWorkload, now: number): Finding {
  const scaler = zeroScaler(index, workload);
  const down = scaledDown(index, workload);
  const change = lastChange(workload.object, ['spec', 'replicas']);
  const evidence = evidenceOf(index, workload, down, change, now);
  const name = nameOfWorkload(workload);
  if (scaler !== undefined) {
    return podsMessages.SVC202.raise({ subject: workload.ref, args: { workload: name, by: scaler }, evidence });
  }
  const wanted = down?.from ?? 0;
  const unread = index.seen('HorizontalPodAutoscaler', subject.namespace).status !== 'ok';
  const replicas = Math.max(1, wanted, autoscalerOf(index, workload)?.spec?.minReplicas ?? 1);
  return podsMessages.SVC201.raise({
    subject: workload.ref,
    args: { workload: name, how: howInWords(down, change, now) },
    ...(unread ? { confidence: 'likely' as const } : {}),
    evidence: unread ? [...evidence, UNREAD] : evidence,
    pods: podKeys(servicePods(index, subject)),
    fixes: [
      {
        title: wanted > 0 ? `scale back to the ${replicas} it had` : 'scale it up',
        command: `kubectl scale ${target(workload.ref)} --replicas=${replicas}`,
        risk: 'low',
        undo: `kubectl scale ${target(workload.ref)} --replicas=0`,
      },
    ],
  });
}

const UNREAD: Evidence = {
  fact: 'autoscalers, one of which may keep it at 0, were not read',
  source: 'coverage',
};

function howInWords(down: ScaledDown | undefined, change: FieldChange | undefined, now: number): string {
  const parts: string[] = [];
  if (down !== undefined && down.from > 0) parts.push(`from ${down.from}`);
  if (change !== undefined) parts.push(`by ${change.manager}`);
  const when = ago(down?.time ?? change?.time, now);
  if (when !== '') parts.push(when);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function evidenceOf(
  index: ClusterIndex,
  workload: OwnedWorkload,
  down: ScaledDown | undefined,
  change: FieldChange | undefined,
  now: number,
): readonly Evidence[] {
  const source = formatRef(workload.ref);
  const evidence: Evidence[] = [{ fact: 'spec.replicas is 0', source: `${source} spec.replicas` }];
  if (down !== undefined) {
    evidence.push({ fact: `"${down.message}" ${ago(down.time, now)}`.trim(), source: `Event on ${down.source}` });
  }
  if (change !== undefined) {
    const fact = `replicas last written by ${change.manager} ${ago(change.time, now)} (${change.time})`;
    evidence.push({ fact, source: `${source} metadata.managedFields` });
  }
  const autoscaler = autoscalerOf(index, workload);
  const active = autoscaler?.status?.conditions?.find((condition) => condition.type === 'ScalingActive');
  if (autoscaler !== undefined) {
    const state =
      active?.status === 'False' ? `: ScalingActive False (${active.reason ?? ''}), it does not act at 0` : '';
    evidence.push({
      fact: `minReplicas ${autoscaler.spec?.minReplicas ?? 1}, maxReplicas ${autoscaler.spec?.maxReplicas ?? '?'}${state}`,
      source: `HorizontalPodAutoscaler ${workload.ref.namespace ?? ''}/${autoscaler.metadata?.name ?? ''}`,
    });
  }
  return evidence;
}
