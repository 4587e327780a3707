import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { controllerOf, type OwnedWorkload, ownerOrPod, workloadsIn } from '../../../shared/model/owners.ts';
import { isFinished } from '../../../shared/model/pods.ts';
import { type Ref, refKey } from '../../../shared/model/refs.ts';
import { appointPods } from '../../../shared/model/services.ts';
import type { Report } from '../../../shared/report/report.ts';
import { podsChecks } from '../checks/pods/checks.ts';
import { pressureChecks } from '../checks/pressure/checks.ts';
import { readinessChecks } from '../checks/readiness/checks.ts';
import { templateOwnSelector } from '../checks/selector/template-own-selector.ts';
import { subjectOf } from '../service-subject.ts';
import { withStuckPods } from './stuck-pods.ts';

/** Pods of one maker, or one without, and the labels by which a Service would find them. */
export interface PodSet {
  readonly ref: Ref;
  readonly labels: Labels;
  readonly pods: readonly Pod[];
}

/** Judgements that are about the Service: that a workload has no pod on purpose is no fault of the workload. */
const OF_THE_SERVICE: ReadonlySet<string> = new Set([
  'netsvc/scaled-to-zero',
  'netsvc/job-has-no-pod',
  'netsvc/pods-were-evicted',
]);

const SERVING = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'] as const;

/** The causes for which pods do not run or are not ready, whoever may select them. */
export function diagnosePods(index: ClusterIndex, { ref, labels, pods }: PodSet, source: string): Report {
  const standIn: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: ref.name, namespace: ref.namespace ?? '' },
    // Without labels of their own the pods are found by appointment alone.
    spec: {
      selector: Object.keys(labels).length === 0 ? { [ref.kind]: ref.name } : labels,
      clusterIP: 'None',
      ports: [],
    },
  };
  appointPods(index, standIn, pods);
  const subject = subjectOf(standIn);
  const checks = [templateOwnSelector, ...podsChecks, ...readinessChecks, ...pressureChecks];
  const own = checks.filter(({ id }) => !OF_THE_SERVICE.has(id));
  const runs = runChecks(own, subject, subject.namespace, { index, now: index.now, sweep: false });
  return reportFromRuns(
    { command: 'netsvc diagnose', target: ref, takenAt: index.takenAt, source, healthyHeadline: '', essential: [] },
    withStuckPods(runs, index),
  );
}

/** Everything that serves in a namespace, or in all of them, for files in which there is no Service at all. */
export function podSetsIn(index: ClusterIndex, namespace: string | undefined): readonly PodSet[] {
  const sets = new Map<string, PodSet>();
  for (const pod of index.list('Pod', namespace)) {
    const ref = ownerOrPod(index, pod);
    if (isFinished(pod) || ref.kind === 'Job' || ref.kind === 'CronJob' || ref.kind === 'Node') continue;
    const { 'pod-template-hash': _, ...labels } = pod.metadata?.labels ?? {};
    const known = sets.get(refKey(ref));
    sets.set(refKey(ref), { ref, labels: known?.labels ?? labels, pods: [...(known?.pods ?? []), pod] });
  }
  const spaces = new Set(
    SERVING.flatMap((kind) => index.list(kind, namespace)).map(({ metadata }) => metadata?.namespace ?? ''),
  );
  for (const workload of [...spaces].flatMap((one) => workloadsIn(index, one))) {
    if (SERVING.some((kind) => kind === workload.kind) && !sets.has(refKey(workload.ref)))
      sets.set(refKey(workload.ref), emptySet(workload));
  }
  return [...sets.values()];
}

/** The pods of a workload, or the one that was asked about. */
export function podSetOf(index: ClusterIndex, ref: Ref, labels: Labels): PodSet {
  const pods = index.list('Pod', ref.namespace).filter((pod) => !isFinished(pod));
  const isOwn = (pod: Pod): boolean =>
    ref.kind === 'Pod'
      ? pod.metadata?.name === ref.name
      : [ownerOrPod(index, pod), controllerOf(pod)].some(
          (owner) => owner?.kind === ref.kind && owner.name === ref.name,
        );
  return { ref, labels, pods: pods.filter(isOwn) };
}

function emptySet({ ref, template }: OwnedWorkload): PodSet {
  return { ref, labels: template?.metadata?.labels ?? {}, pods: [] };
}
