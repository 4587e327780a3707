import type { Confidence, Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { conditionOf, wasReadySince } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { rolloutOf } from '../../../../shared/model/rollouts.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type ServicePod, servicePods, type Weight, weigh } from '../pods/service-pods.ts';
import type { FailingProbe, ProbeFault } from './failing-probes.ts';

/** New pods get this long to become ready while others serve, whatever their probe says meanwhile. */
const SETTLING = 90_000;
/** So many failures in a row are no start any more. */
const MANY = 12;

/** Answers that time may mend; a wrong path, port or scheme stays wrong. */
const MAY_PASS: ReadonlySet<ProbeFault> = new Set(['refused', 'timeout', 'exec', 'grpc', 'other', 'unseen']);

/**
 * How much pods that are not ready matter. Fresh pods beside serving ones are a rollout or a scale-up on its way, told
 * as a note. A Service that publishes pods that are not ready sends them requests; a headless one lists them on purpose.
 */
export function weighUnready(
  index: ClusterIndex,
  subject: ServiceSubject,
  bad: readonly ServicePod[],
  failing: FailingProbe | undefined,
): Weight & { readonly confidence: Confidence } {
  const confidence: Confidence =
    failing === undefined || failing.failure === undefined ? 'likely' : confidenceOf(failing);
  const all = servicePods(index, subject);
  const weight = weigh(subject, all, bad);
  const fresh = bad.every((entry) => isFresh(entry, all, index.now));
  const mayPass = failing === undefined || (MAY_PASS.has(failing.fault) && (failing.failure?.count ?? 0) < MANY);
  const stuck = bad.some((entry) => rolloutOf(index, entry.owner)?.stuck === true);
  const others = all.some((entry) => entry.state.is === 'ready');
  if (others && fresh && mayPass && !stuck) return { severity: 'info', impact: 0, confidence };
  if (subject.service.spec?.publishNotReadyAddresses === true) {
    if (subject.headless && fresh) return { severity: 'info', impact: 0, confidence };
    return { severity: 'warning', impact: bad.length / Math.max(1, all.length), confidence };
  }
  return { ...weight, confidence };
}

/** Seconds in which the first run of a container may be a slow start, whatever has been asked meanwhile. */
const SLOW_START = 120;

/**
 * Whether time may still mend what a probe is answered: in a first run that never was ready, is young, and not overdue by
 * the pace of its siblings.
 */
export function mayBeStarting(
  index: ClusterIndex,
  failing: FailingProbe,
  all: readonly ServicePod[],
  seconds = SLOW_START,
): boolean {
  const { container, fault, failure, pod, type } = failing;
  const { restartCount = 0, state } = container.status ?? {};
  const startedAt = state?.running?.startedAt;
  const missing = failure?.kind === 'exec-missing';
  const passes = fault === 'status' ? (failure?.status ?? 0) >= 500 : MAY_PASS.has(fault) && !missing;
  const first = type === 'readiness' && failure !== undefined && restartCount === 0 && !wasReadySince(pod, startedAt);
  return first && passes && index.now - Date.parse(startedAt ?? '') < seconds * 1000 && inPace(failing, all, index.now);
}

function confidenceOf(failing: FailingProbe): Confidence {
  return failing.fault === 'wrong-port' ? 'likely' : 'proven';
}

/** Started lately and never ready so far, and not overdue by the pace of the pods of the same revision. */
function isFresh(entry: ServicePod, all: readonly ServicePod[], now: number): boolean {
  const born = bornAt(entry);
  // Where times were cut, nothing tells that it started lately.
  if (!(now - born < SETTLING) || readyChange(entry) > born + 5000) return false;
  return inPace(entry, all, now);
}

/** Whether the ready pods of the same revision took nearly as long, where there are any. */
function inPace(entry: ServicePod, all: readonly ServicePod[], now: number): boolean {
  const pace = all
    .filter(
      (other) => other.state.is === 'ready' && revisionOf(other) !== '' && revisionOf(other) === revisionOf(entry),
    )
    .map((other) => readyChange(other) - bornAt(other))
    .filter((took) => took >= 0);
  return pace.length === 0 || now - bornAt(entry) < Math.max(LEAST_ALLOWANCE, PACE_FACTOR * Math.max(...pace));
}

/** A pod that takes this many times as long as its siblings is not just starting any more. */
const PACE_FACTOR = 3;
const LEAST_ALLOWANCE = 20_000;

function bornAt({ pod }: ServicePod): number {
  return Date.parse(pod.status?.startTime ?? pod.metadata?.creationTimestamp ?? '');
}

function readyChange({ pod }: ServicePod): number {
  return Date.parse(conditionOf(pod, 'Ready')?.lastTransitionTime ?? '');
}

/** The revision that the workload's controller wrote on the pod. */
export function revisionOf({ pod }: ServicePod): string {
  const labels = pod.metadata?.labels ?? {};
  return labels['controller-revision-hash'] ?? labels['pod-template-hash'] ?? '';
}

/** For the summary: not being ready does not keep requests away. */
export function publishedInWords(subject: ServiceSubject): string {
  return subject.service.spec?.publishNotReadyAddresses === true
    ? '; publishNotReadyAddresses sends it requests all the same'
    : '';
}

/** The field that puts pods into rotation although they are not Ready, where it is set. */
export function publishedEvidence(subject: ServiceSubject): readonly Evidence[] {
  if (subject.service.spec?.publishNotReadyAddresses !== true) return [];
  return [{ fact: 'publishNotReadyAddresses is true', source: `${formatRef(subject.ref)} spec` }];
}
