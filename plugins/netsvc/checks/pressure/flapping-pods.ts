import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { type ProbeFailure, probeTimes } from '../../../../shared/model/pod-state-probe.ts';
import { conditionOf, runningContainers } from '../../../../shared/model/pods.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { podsIn, servicePods } from '../pods/service-pods.ts';
import { examineProbe, type FailingProbe } from '../readiness/failing-probes.ts';

const MINUTE = 60_000;

/** A Ready pod whose readiness probe has failed since it was first Ready. */
export interface Flapping extends FailingProbe {
  readonly failure: ProbeFailure;
  /** It left the rotation and came back, which is known when it turned Ready long after its start. */
  readonly left: boolean;
}

/** Ready pods with failures of their readiness probe that do not belong to their start. */
export function flappingPods(index: ClusterIndex, subject: ServiceSubject): readonly Flapping[] {
  return podsIn(servicePods(index, subject), 'ready').flatMap((entry) =>
    runningContainers(entry.pod).flatMap((container): Flapping[] => {
      const failing = examineProbe(index, entry, container, 'readiness');
      const { failure } = failing ?? {};
      if (failing === undefined || failure === undefined || failure.count < 3) return [];
      const last = Date.parse(failure.lastSeen);
      if (!(index.now - last < 15 * MINUTE)) return [];
      const started = Date.parse(container.status?.state?.running?.startedAt ?? '');
      const ready = Date.parse(conditionOf(entry.pod, 'Ready')?.lastTransitionTime ?? '');
      if (last > ready + 1000) return isPast(failure, index.now) ? [] : [{ ...failing, failure, left: false }];
      return cameBack(failing, failure, started, ready) ? [{ ...failing, failure, left: true }] : [];
    }),
  );
}

/** Quiet for longer than it failed, of which the pod lost nothing: as an app does whose dependency has come. */
function isPast({ firstSeen, lastSeen }: ProbeFailure, now: number): boolean {
  const last = Date.parse(lastSeen);
  return now - last > Math.max(2 * MINUTE, last - Date.parse(firstSeen));
}

/**
 * Tells a pod that lost readiness and won it back from one that was slow to start: a slow start fails at every attempt,
 * so there are about as many failures as periods between start and Ready.
 */
function cameBack(failing: FailingProbe, failure: ProbeFailure, started: number, ready: number): boolean {
  const { period, initialDelay, failureThreshold } = probeTimes(failing.probe);
  const took = (ready - started) / 1000 - initialDelay;
  if (!(took > Math.max(60, period * failureThreshold * 2)) || isOneOutage(failing, failure)) return false;
  if (Date.parse(failure.firstSeen) > started + (initialDelay + period * 3) * 1000 + 30_000) return true;
  return failure.count < (took / period) * 0.6;
}

/** Of a pod's events the kubelet lets 25 through at once and then one in five minutes (EventCorrelator). */
const BURST = 25;
const REFILL = 300;

/** Every attempt between the first failure and the last one failed: that was one outage, and it is over. */
function isOneOutage({ probe }: FailingProbe, { firstSeen, lastSeen, kind, count }: ProbeFailure): boolean {
  const { period, timeout } = probeTimes(probe);
  const lasted = (Date.parse(lastSeen) - Date.parse(firstSeen)) / 1000;
  const attempts = lasted / (kind === 'timeout' || kind === 'exec-timeout' ? period + timeout : period);
  const allowed = BURST + lasted / REFILL;
  // More than the kubelet lets through were not held back: then they are all that there were.
  return count >= 0.8 * (count > allowed + 1 ? attempts : Math.min(attempts, allowed));
}
