import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ClusterEvent } from '../../../../shared/model/objects.ts';
import type { Probe } from '../../../../shared/model/objects-pod.ts';
import type { UnreadyContainer } from '../../../../shared/model/pod-state.ts';
import {
  containerOfEvent,
  lastProbeFailure,
  namesPort,
  type ProbeFailure,
  type ProbeType,
  probeOf,
  probePort,
  probePortNumber,
  probesUndeclaredPort,
} from '../../../../shared/model/pod-state-probe.ts';
import { type RunningContainer, runningContainers } from '../../../../shared/model/pods.ts';
import { HASH_LABEL } from '../../../../shared/model/rollouts.ts';
import { parseQuantity } from '../../../../shared/util/quantity.ts';
import { compareText } from '../../../../shared/util/text.ts';
import { logsOf } from '../pods/pod-evidence.ts';
import { ownerKey } from '../pods/pod-groups.ts';
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

/** Below a tenth of a core a server is stopped for most of every 100 ms. */
export const TINY_CPU = 0.1;

/** A CPU limit under which any server is slow to answer: `50m`. */
export function tinyCpuLimit({ container }: FailingProbe): string | undefined {
  const limit = container.spec.resources?.limits?.cpu;
  return (parseQuantity(limit) ?? 1) < TINY_CPU ? String(limit) : undefined;
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
  const fault = wantsTls(index, entry, container, probe, failure) ? 'scheme' : faultOf(container, probe, failure);
  return { ...entry, container, type, probe, failure, fault };
}

/** Servers that speak TLS answer plain HTTP with 400, and say in their log or by the name or number of the port why. */
function wantsTls(
  index: ClusterIndex,
  entry: ServicePod,
  container: RunningContainer,
  probe: Probe,
  failure: ProbeFailure | undefined,
): boolean {
  if (failure?.status !== 400 || (probe.httpGet?.scheme ?? 'HTTP') !== 'HTTP') return false;
  return (
    /https|443$/.test(String(probe.httpGet?.port)) ||
    logsOf(index, entry, container.name).some(({ text }) => /HTTP request (was sent )?to (an )?HTTPS/i.test(text))
  );
}

/**
 * The latest failure of a container's probe; an event without a fieldPath counts when no other unready container has one,
 * and when it does not name the port of one that is ready.
 */
export function probeFailureOf(
  events: readonly ClusterEvent[],
  entry: ServicePod,
  container: RunningContainer,
  type: ProbeType,
): ProbeFailure | undefined {
  const asked = runningContainers(entry.pod).filter(({ spec }) => probeOf(spec, type) !== undefined);
  const others = asked.filter(({ name }) => name !== container.name);
  const rivals = others.filter(({ status }) => status?.ready !== true);
  const portOf = ({ spec }: RunningContainer): number | undefined => probePortNumber(probeOf(spec, type) ?? {}, spec);
  const own = portOf(container);
  const foreign = others.map(portOf).filter((port) => port !== own);
  const told = events.filter(
    (event) => containerOfEvent(event) !== undefined || !foreign.some((port) => namesPort(event.message, port)),
  );
  const port = rivals.some((one) => portOf(one) === own) ? undefined : own;
  return lastProbeFailure(told, container.name, type, rivals.length === 0, port);
}

function faultOf(container: RunningContainer, probe: Probe, failure: ProbeFailure | undefined): ProbeFault {
  if (failure === undefined) return faultOfSettings(container, probe);
  if (probe.grpc !== undefined) return 'grpc';
  switch (failure.kind) {
    case 'http-status':
      return 'status';
    case 'refused':
      // The words of an exec probe tell of somewhere else: the kubelet itself connects nowhere.
      if (probe.exec !== undefined) return 'exec';
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

/** One cause for each probe of each revision of a workload; what it was answered may vary from pod to pod. */
export function probeKey(failing: FailingProbe): string {
  const labels = failing.pod.metadata?.labels ?? {};
  const revision = labels[HASH_LABEL] ?? labels['controller-revision-hash'] ?? '';
  return [ownerKey(failing), revision, failing.container.name, failing.type].join('\u0000');
}

/**
 * The probe that speaks for a group: the fault that most pods have, of those one whose container's words were read, which
 * live are those of one pod, and then the one that failed most often.
 */
export function spokesman(index: ClusterIndex, group: readonly [FailingProbe, ...FailingProbe[]]): FailingProbe {
  const votes = new Map<string, number>();
  const kindOf = (entry: FailingProbe): string => `${entry.fault} ${entry.failure?.status ?? ''}`;
  for (const entry of group) {
    // A pod without an event knows less than one with.
    const weight = entry.failure === undefined ? 0.1 : 1;
    votes.set(kindOf(entry), (votes.get(kindOf(entry)) ?? 0) + weight);
  }
  const words = (entry: FailingProbe): number => Math.min(1, logsOf(index, entry, entry.container.name).length);
  return (
    [...group].sort(
      (a, b) =>
        (votes.get(kindOf(b)) ?? 0) - (votes.get(kindOf(a)) ?? 0) ||
        words(b) - words(a) ||
        (b.failure?.count ?? 0) - (a.failure?.count ?? 0) ||
        compareText(a.key, b.key),
    )[0] ?? group[0]
  );
}
