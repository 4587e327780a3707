import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ClusterEvent, Probe } from '../../../../shared/model/objects.ts';
import type { UnreadyContainer } from '../../../../shared/model/pod-state.ts';
import {
  lastProbeFailure,
  type ProbeFailure,
  type ProbeType,
  probeOf,
  probePort,
  probePortNumber,
  probesUndeclaredPort,
} from '../../../../shared/model/pod-state-probe.ts';
import { type RunningContainer, runningContainers } from '../../../../shared/model/pods.ts';
import type { ServicePod } from '../pods/service-pods.ts';

/** What ails a probe, by the remedy that it needs. */
export type ProbeFault =
  | 'status'
  | 'refused'
  | 'timeout'
  | 'unknown-port'
  | 'scheme'
  | 'exec'
  | 'grpc'
  | 'wrong-port'
  | 'other'
  | 'unseen';

/** One probe that does not pass, of one pod. */
export interface FailingProbe extends ServicePod {
  readonly container: RunningContainer;
  readonly type: ProbeType;
  readonly probe: Probe;
  readonly fault: ProbeFault;
  /** The latest event about it. */
  readonly failure: ProbeFailure | undefined;
}

/** The probe that keeps a container from being ready; undefined when it has none to pass. */
export function failingProbe(
  index: ClusterIndex,
  entry: ServicePod,
  { container, waitsFor }: UnreadyContainer,
): FailingProbe | undefined {
  return waitsFor === undefined ? undefined : examineProbe(index, entry, container, waitsFor);
}

/** Judges one probe of a container by its latest failure, or by its settings when no event tells. */
export function examineProbe(
  index: ClusterIndex,
  entry: ServicePod,
  container: RunningContainer,
  type: ProbeType,
): FailingProbe | undefined {
  const probe = probeOf(container.spec, type);
  if (probe === undefined) return undefined;
  const failure = probeFailureOf(index.events(entry.pod, 'Pod'), entry, container, type);
  return { ...entry, container, type, probe, failure, fault: faultOf(container, probe, failure) };
}

/** The latest failure of a container's probe; an event without a fieldPath counts when no other container has one. */
export function probeFailureOf(
  events: readonly ClusterEvent[],
  entry: ServicePod,
  container: RunningContainer,
  type: ProbeType,
): ProbeFailure | undefined {
  const others = runningContainers(entry.pod).filter((other) => probeOf(other.spec, type) !== undefined);
  return lastProbeFailure(events, container.name, type, others.length <= 1);
}

function faultOf(container: RunningContainer, probe: Probe, failure: ProbeFailure | undefined): ProbeFault {
  if (failure === undefined) return faultOfSettings(container, probe);
  if (probe.grpc !== undefined) return 'grpc';
  switch (failure.kind) {
    case 'http-status':
      return 'status';
    case 'refused':
      return probesUndeclaredPort(container.spec, probe) ? 'wrong-port' : 'refused';
    case 'timeout':
    case 'exec-timeout':
      return 'timeout';
    case 'unknown-port':
      return 'unknown-port';
    case 'server-speaks-http':
    case 'server-speaks-tls':
      return 'scheme';
    case 'exec':
    case 'exec-missing':
      return probe.exec === undefined ? 'other' : 'exec';
    case 'grpc-not-serving':
    case 'grpc-unimplemented':
      return 'grpc';
    default:
      return 'other';
  }
}

function faultOfSettings({ spec }: RunningContainer, probe: Probe): ProbeFault {
  if (typeof probePort(probe) === 'string' && probePortNumber(probe, spec) === undefined) return 'unknown-port';
  return probesUndeclaredPort(spec, probe) ? 'wrong-port' : 'unseen';
}

/** Causes differ by container, probe and what was answered; numbers that vary from pod to pod are left out. */
export function faultKey(probe: FailingProbe): string {
  const { container, type, fault, failure } = probe;
  const detail = fault === 'status' ? String(failure?.status ?? '') : fault === 'exec' ? (failure?.kind ?? '') : '';
  return [container.name, type, fault, detail].join('\u0000');
}
