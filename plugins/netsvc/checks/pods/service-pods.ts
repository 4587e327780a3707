import type { Severity } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { type OwnedWorkload, ownerOrPod, ownerWorkload } from '../../../../shared/model/owners.ts';
import { type PodState, podState, podStateInTime, type UnreadyContainer } from '../../../../shared/model/pod-state.ts';
import { probeTimes } from '../../../../shared/model/pod-state-probe.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { stillStarting } from './still-starting.ts';

/** A pod behind the Service, with its state and the workload that made it. */
export interface ServicePod {
  readonly pod: Pod;
  /** `namespace/name`. */
  readonly key: string;
  readonly name: string;
  readonly state: PodState;
  /** The topmost owner, or the pod itself when nobody owns it. */
  readonly owner: Ref;
  /** The owner as an object, when it was read. */
  readonly workload: OwnedWorkload | undefined;
}

/** A pod of which the state is known to be one of some kinds. */
export type PodIn<Is extends PodState['is']> = ServicePod & {
  readonly state: Extract<PodState, { readonly is: Is }>;
};

/** The pods that a Service selects, finished ones left out, ordered by name. */
export function servicePods(index: ClusterIndex, subject: ServiceSubject): readonly ServicePod[] {
  return index.memoOf(subject.service, 'netsvc/service-pods', () => {
    const pods = subjectPods(index, subject);
    const someReady = pods.some(isReady);
    return pods.map((pod) => ({
      pod,
      key: podKey(pod),
      name: pod.metadata?.name ?? '',
      state: stateIn(index, pod, someReady),
      owner: ownerOrPod(index, pod),
      workload: ownerWorkload(index, pod),
    }));
  });
}

/** The state by time and events, unless the log of the pod says that it is still coming up. */
function stateIn(index: ClusterIndex, pod: Pod, someReady: boolean): PodState {
  const state = stateByTime(index, pod, someReady);
  if (state.is !== 'unready' || stillStarting(index, pod, state) === undefined) return state;
  const [container] = state.containers;
  return { is: 'starting', stage: 'probing', container, since: container?.startedAt };
}

/**
 * Facts without a time of their own may be much later than the newest time in them. Where no pod of the Service serves,
 * one that seems to be starting has then rather been so for long: when its probe has failed already, or when no event was
 * read that could tell.
 */
function stateByTime(index: ClusterIndex, pod: Pod, someReady: boolean): PodState {
  const state = podState(index, pod);
  if (!index.orLater || someReady || state.is !== 'starting' || isInStartBudget(state)) return state;
  const silent = index.list('Event', pod.metadata?.namespace).length === 0;
  const failed = index.events(pod, 'Pod').some(({ reason }) => reason === 'Unhealthy');
  if (!failed && isAskedLate(state.container)) return state;
  return silent || (failed && state.stage === 'probing') ? podStateInTime(index, pod) : state;
}

/**
 * A container that has used up its startup probe is restarted, so that one which never was is within the time that was
 * given to it, whenever the facts were taken. Of a short time nothing follows: the next look would see it restarted.
 */
function isInStartBudget({ container: unready }: Extract<PodState, { is: 'starting' }>): boolean {
  const probe = unready?.container.spec.startupProbe;
  if (unready?.waitsFor !== 'startup' || probe === undefined) return false;
  return (unready.container.status?.restartCount ?? 0) === 0 && probeTimes(probe).budget >= LONG_START;
}

/** Nobody has asked it yet, which is told as such: that it fails is not known. */
export function isAskedLate(unready: UnreadyContainer | undefined): boolean {
  const probe = unready?.container.spec.readinessProbe;
  return unready?.waitsFor === 'readiness' && probe !== undefined && probeTimes(probe).initialDelay >= LONG_START;
}

/** Seconds; a startup probe that allows so much was meant for a slow start. */
const LONG_START = 60;

/** Those of the pods that are in one state. */
export function podsIn<Is extends PodState['is']>(pods: readonly ServicePod[], is: Is): readonly PodIn<Is>[] {
  return pods.filter((entry): entry is PodIn<Is> => entry.state.is === is);
}

/** Pods that take requests now: Ready, and not about to go. */
export function readyPods(pods: readonly ServicePod[]): readonly ServicePod[] {
  return pods.filter((entry) => entry.state.is === 'ready');
}

/** How much it matters that some pods do not work. */
export interface Weight {
  readonly severity: Severity;
  readonly impact: number;
}

/**
 * `critical` when no other pod is Ready. Otherwise requests go to the ready ones: capacity is lost and nothing fails,
 * unless the Service publishes pods that are not ready.
 */
export function weigh(subject: ServiceSubject, all: readonly ServicePod[], bad: readonly ServicePod[]): Weight {
  const keys = new Set(bad.map((entry) => entry.key));
  const others = readyPods(all).filter((entry) => !keys.has(entry.key)).length;
  const flickering = bad.filter((entry) => entry.state.is === 'ready').length;
  // A pod that is Ready at this moment takes requests, even if it will end again.
  // Of two causes that together leave nobody, the one that holds back more pods comes first.
  const part = bad.length / Math.max(1, all.length);
  if (others === 0)
    return flickering === 0 ? { severity: 'critical', impact: part } : { severity: 'warning', impact: 0.5 };
  const published = subject.service.spec?.publishNotReadyAddresses === true;
  if (published) return { severity: 'warning', impact: part };
  return { severity: 'warning', impact: Math.max(0.1, (0.5 * flickering) / Math.max(1, others + flickering)) };
}
