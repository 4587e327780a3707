import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { KubeObject, Labels } from '../../../../shared/model/objects.ts';
import type { PodSpec } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { workloadsIn } from '../../../../shared/model/owners.ts';
import { POD_NAME_LABEL, resolveTargetPort } from '../../../../shared/model/pods.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { refKey } from '../../../../shared/model/refs.ts';
import { compareText } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { labelDistance, likeness, ordinalOf } from './label-distance.ts';
import { podsByOwner } from './workload-pods.ts';

/** A workload, or pods without one, that the Service may have been meant for. */
export interface Candidate {
  readonly ref: Ref;
  readonly labels: Labels;
  readonly object: Workload | undefined;
  /** 0 is certain, 1 has nothing in common. */
  readonly distance: number;
}

/** Beyond this distance a workload has nothing to do with the Service. */
const FAR = 0.75;

/** `app=orders-worker` is no slip for `app=orders` where pods of app=orders are there: so much further away. */
const OTHER = 0.25;

/** Two candidates this close to each other are equally near. */
const SAME = 0.02;

/**
 * Workloads of a namespace by their distance from what the Service wants, nearest first: labels count most, then the
 * likeness of names, whether a wanted port is declared, and whether both come from one release.
 */
export function rankedWorkloads(index: ClusterIndex, subject: ServiceSubject, namespace: string): readonly Candidate[] {
  return index.memo(`netsvc/selector/ranked/${subject.namespace}/${subject.name}/${namespace}`, () =>
    rank(index, subject, namespace),
  );
}

function rank(index: ClusterIndex, subject: ServiceSubject, namespace: string): readonly Candidate[] {
  const selector = subject.selector ?? {};
  const found = new Map<string, Candidate>();
  const owned = podsByOwner(index, namespace);
  // A Service of one member of a StatefulSet means the member of that number.
  const ordinal = ordinalOf(selector[POD_NAME_LABEL]);
  for (const workload of workloadsIn(index, namespace)) {
    if (workload.kind === 'Job' || workload.kind === 'CronJob') continue;
    const key = refKey(workload.ref);
    // Pods carry labels that no template has, such as pod-template-hash.
    const pods = owned.get(key)?.pods ?? [];
    const pod = pods.find(({ metadata }) => ordinal !== undefined && ordinalOf(metadata?.name) === ordinal) ?? pods[0];
    const labels = { ...pod?.metadata?.labels, ...workload.template?.metadata?.labels };
    const spec = workload.template?.spec;
    const away = score(subject, selector, workload.ref, labels, spec, workload.object);
    found.set(key, { ref: workload.ref, labels, object: workload.object, distance: away });
  }
  for (const [key, { owner, pods }] of owned) {
    const pod = pods[0];
    if (found.has(key) || owner.kind === 'Job' || owner.kind === 'CronJob' || pod === undefined) continue;
    const labels = pod.metadata?.labels ?? {};
    found.set(key, {
      ref: owner,
      labels,
      object: undefined,
      distance: score(subject, selector, owner, labels, pod.spec, pod),
    });
  }
  const own = Object.entries(selector).filter(([, value]) => likeness(value, subject.name) >= 0.6);
  const bearsName = ({ labels }: Candidate): boolean => own.some(([key, value]) => labels[key] === value);
  const taken = [...found.values()].some(bearsName);
  return [...found]
    .map(([key, one]) => [key, taken && !bearsName(one) ? { ...one, distance: one.distance + OTHER } : one] as const)
    .sort(([a, one], [b, two]) => one.distance - two.distance || compareText(a, b))
    .map(([, candidate]) => candidate);
}

/** Those that the Service may mean: the ones with nothing in common are left out. */
export function nearestWorkloads(
  index: ClusterIndex,
  subject: ServiceSubject,
  namespace: string,
): readonly Candidate[] {
  return rankedWorkloads(index, subject, namespace).filter((candidate) => candidate.distance < FAR);
}

/** The first candidate and those that are equally near. */
export function equallyNear(candidates: readonly Candidate[]): readonly Candidate[] {
  const [first] = candidates;
  return first === undefined ? [] : candidates.filter((candidate) => candidate.distance - first.distance < SAME);
}

function score(
  subject: ServiceSubject,
  selector: Labels,
  ref: Ref,
  labels: Labels,
  spec: PodSpec | undefined,
  object: KubeObject,
): number {
  const byLabels = labelDistance(selector, labels);
  const byName = 1 - likeness(subject.name, ref.name);
  const servesPort = subject.ports.some((port) => {
    const number = resolveTargetPort(spec, port);
    return (
      number !== undefined && (spec?.containers ?? []).some((c) => c.ports?.some((p) => p.containerPort === number))
    );
  });
  const release = releaseOf(subject.service);
  const sameRelease = release !== undefined && release === releaseOf(object);
  return Math.max(0, Math.min(1, byLabels * 0.7 + byName * 0.25 + (servesPort ? 0 : 0.05) - (sameRelease ? 0.05 : 0)));
}

/** The Helm release or application that an object says it belongs to. */
function releaseOf(object: KubeObject): string | undefined {
  const { labels, annotations } = object.metadata ?? {};
  return (
    annotations?.['meta.helm.sh/release-name'] ??
    labels?.['app.kubernetes.io/instance'] ??
    labels?.['argocd.argoproj.io/instance'] ??
    labels?.['app.kubernetes.io/part-of']
  );
}
