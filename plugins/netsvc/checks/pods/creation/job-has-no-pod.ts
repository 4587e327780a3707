import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Finding, Fix, Severity } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { controllerOf, type OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { isFinished } from '../../../../../shared/model/pods.ts';
import { formatRef, nameOf, refOf } from '../../../../../shared/model/refs.ts';
import { conditionOfWorkload } from '../../../../../shared/model/rollouts.ts';
import { podsMatching } from '../../../../../shared/model/services.ts';
import { ago } from '../../../../../shared/util/duration.ts';
import { joinAnd } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { nameOfWorkload, stayingPods, WORKLOAD_USES, workloadsBehind } from '../workloads-behind.ts';

/** Only Jobs stand behind the Service, and none of them runs a pod now. */
export const jobHasNoPod = defineCheck<ServiceSubject>({
  id: 'netsvc/job-has-no-pod',
  group: 'pods',
  needs: ['Pod'],
  uses: WORKLOAD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    if (stayingPods(index, subject).length > 0) return [];
    const behind = workloadsBehind(index, subject);
    // Where something lasting stands behind the Service too, its own check tells why it has no pod.
    if (behind.some(({ kind }) => kind !== 'Job' && kind !== 'CronJob')) return [];
    if (behind.length === 0) return endedAlone(index, subject);
    return behind.flatMap((workload) => {
      const state = stateOf(workload, now);
      if (state === undefined) return [];
      return [
        podsMessages.SVC205.raise({
          subject: workload.ref,
          args: { workload: nameOfWorkload(workload), state },
          severity: severityOf(workload, subject),
          evidence: [{ fact: `${nameOfWorkload(workload)} ${state}`, source: formatRef(workload.ref) }],
          fixes: fixesOf(workload),
        }),
      ];
    });
  },
});

/** The pods of a Job that was not read tell of its end as well. A pod of something else beside them was meant to serve. */
function endedAlone(index: ClusterIndex, subject: ServiceSubject): readonly Finding[] {
  const { namespace, selector = {}, headless } = subject;
  const ended = podsMatching(index, namespace, selector).filter(isFinished);
  const [name] = new Set(ended.map((pod) => controllerOf(pod)?.name));
  if (name === undefined || !ended.every((pod) => controllerOf(pod)?.kind === 'Job')) return [];
  const phases = [...new Set(ended.map((pod) => pod.status?.phase ?? ''))];
  const state = `has ended (its pods are ${joinAnd(phases)})`;
  const bad = phases.includes('Failed');
  return [
    podsMessages.SVC205.raise({
      subject: { kind: 'Job', namespace, name },
      args: { workload: `Job ${name}`, state },
      severity: headless ? (bad ? 'warning' : 'info') : bad ? 'critical' : 'warning',
      evidence: ended.slice(0, 3).map((pod) => ({
        fact: `pod ${nameOf(pod)} of Job ${controllerOf(pod)?.name} is ${pod.status?.phase}`,
        source: `${formatRef(refOf(pod, 'Pod'))} status.phase`,
      })),
    }),
  ];
}

/** A CronJob is idle most of its life; a headless Service gives a Job's pods their names and is done when the Job is. */
function severityOf(workload: OwnedWorkload, subject: ServiceSubject): Severity {
  if (workload.kind === 'CronJob') return 'info';
  if (workload.object.spec?.suspend === true) return 'critical';
  if (conditionOfWorkload(workload.object, 'Failed')?.status === 'True')
    return subject.headless ? 'warning' : 'critical';
  return subject.headless ? 'info' : 'warning';
}

function stateOf(workload: OwnedWorkload, now: number): string | undefined {
  const { object, kind } = workload;
  if (kind === 'CronJob') {
    return object.spec?.suspend === true ? 'is suspended (spec.suspend: true)' : 'makes pods only while it runs';
  }
  if (object.spec?.suspend === true) return 'is suspended (spec.suspend: true)';
  const complete = conditionOfWorkload(object, 'Complete');
  if (complete?.status === 'True') return `completed ${ago(complete.lastTransitionTime, now)} (Complete)`;
  const failed = conditionOfWorkload(object, 'Failed');
  if (failed?.status !== 'True') return undefined;
  const why = [failed.reason, failed.message].filter((part) => (part ?? '') !== '').join(': ');
  return `has Failed${why === '' ? '' : ` (${why})`}`;
}

function fixesOf(workload: OwnedWorkload): readonly Fix[] {
  const { namespace = '', name } = workload.ref;
  if (workload.object.spec?.suspend !== true) return [];
  const patch = (suspend: boolean): string =>
    `kubectl patch ${workload.kind.toLowerCase()} ${name} -n ${namespace} --type=merge -p '{"spec":{"suspend":${suspend}}}'`;
  return [{ title: 'resume it', command: patch(false), risk: 'low', undo: patch(true) }];
}
