import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels, PodSpec, Workload } from '../../../../shared/model/objects.ts';
import { topOwner, workloadsIn } from '../../../../shared/model/owners.ts';
import { isFinished, resolveTargetPort } from '../../../../shared/model/pods.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { refKey } from '../../../../shared/model/refs.ts';
import { compareText } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { labelDistance, likeness } from './label-distance.ts';

/** A workload, or pods without one, that the Service may have been meant for. */
export interface Candidate {
  readonly ref: Ref;
  readonly labels: Labels;
  readonly object: Workload | undefined;
  /** 0 is certain, 1 has nothing in common. */
  readonly distance: number;
}

/**
 * Workloads that the Service may mean, nearest first: label distance first, then the likeness of names and whether a
 * port that the Service wants is declared. Those with nothing in common are left out.
 */
export function nearestWorkloads(index: ClusterIndex, subject: ServiceSubject, namespace: string): readonly Candidate[] {
  const selector = subject.selector ?? {};
  const found = new Map<string, Candidate>();
  const consider = (ref: Ref, labels: Labels, spec: PodSpec | undefined, object: Workload | undefined): void => {
    const key = refKey(ref);
    if (found.has(key)) return;
    found.set(key, { ref, labels, object, distance: score(subject, selector, ref, labels, spec) });
  };
  for (const workload of workloadsIn(index, namespace)) {
    if (workload.kind === 'Job' || workload.kind === 'CronJob') continue;
    consider(workload.ref, workload.template?.metadata?.labels ?? {}, workload.template?.spec, workload.object);
  }
  for (const pod of index.list('Pod', namespace)) {
    if (isFinished(pod)) continue;
    const ref = topOwner(index, pod) ?? { kind: 'Pod', namespace, name: pod.metadata?.name ?? '' };
    if (ref.kind === 'Job' || ref.kind === 'CronJob') continue;
    consider(ref, pod.metadata?.labels ?? {}, pod.spec, undefined);
  }
  return [...found.values()]
    .filter((candidate) => candidate.distance < 0.75)
    .sort((a, b) => a.distance - b.distance || compareText(refKey(a.ref), refKey(b.ref)));
}

function score(subject: ServiceSubject, selector: Labels, ref: Ref, labels: Labels, spec: PodSpec | undefined): number {
  const byLabels = labelDistance(selector, labels);
  const byName = 1 - likeness(subject.name, ref.name);
  const servesPort = subject.ports.some((port) => {
    const number = resolveTargetPort(spec, port);
    return number !== undefined && (spec?.containers ?? []).some((c) => c.ports?.some((p) => p.containerPort === number));
  });
  return Math.min(1, byLabels * 0.7 + byName * 0.25 + (servesPort ? 0 : 0.05));
}
