import type { ClusterIndex } from './cluster-index.ts';
import type { ClusterEvent } from './objects.ts';
import type { Pod } from './objects-pod.ts';
import { CONTAINER_TROUBLES, type ContainerTrouble, containerTrouble } from './pod-state-container.ts';
import { type NodeStanding, nodeStanding } from './pod-state-node.ts';
import { type PreparingProblem, preparingProblem } from './pod-state-preparing.ts';
import {
  asksWhoWaits,
  lastProbeFailure,
  type ProbeFailureKind,
  type ProbeType,
  probeOf,
  probePort,
  probePortNumber,
  probesUndeclaredPort,
  probeTimes,
} from './pod-state-probe.ts';
import {
  conditionOf,
  initContainers,
  isFinished,
  isReady,
  isTerminating,
  type RunningContainer,
  runningContainers,
  wasReadySince,
} from './pods.ts';

/**
 * Why a pod does not serve: the one rung of the way from "created" to "Ready" on which it stands. Every pod is in
 * exactly one state, the nearest to the root when several apply; no prose.
 */
export type PodState =
  /** Ready. `restarting` when a container of it keeps ending and coming back. */
  | { readonly is: 'ready'; readonly node: NodeStanding; readonly restarting: ContainerTrouble | undefined }
  | { readonly is: 'finished' }
  /** Nobody has written its status, as in a manifest that was never applied, or the dump holds its phase alone. */
  | { readonly is: 'unreported' }
  | { readonly is: 'terminating'; readonly overdue: number; readonly node: NodeStanding }
  | {
      readonly is: 'node-lost';
      readonly name: string;
      readonly node: NodeStanding;
      /** False when only the pod's conditions speak for it. */
      readonly proven: boolean;
      readonly since: string | undefined;
    }
  | {
      readonly is: 'unscheduled';
      readonly why: 'refused' | 'gated' | 'unseen';
      readonly message: string;
      readonly since: string | undefined;
    }
  /** Bound to a node whose kubelet has not touched it. */
  | { readonly is: 'unclaimed'; readonly name: string; readonly since: string | undefined }
  | { readonly is: 'preparing'; readonly problem: PreparingProblem; readonly since: string | undefined }
  | {
      readonly is: 'container';
      readonly trouble: ContainerTrouble;
      /** Others of the same pod, after the first to blame. */
      readonly others: readonly ContainerTrouble[];
    }
  | { readonly is: 'unready'; readonly containers: readonly UnreadyContainer[]; readonly since: string | undefined }
  | {
      readonly is: 'gated';
      readonly gates: readonly { readonly type: string; readonly status: string; readonly message: string }[];
      readonly since: string | undefined;
    }
  /** Young, and nothing speaks against it yet. */
  | {
      readonly is: 'starting';
      readonly stage: 'scheduling' | 'preparing' | 'pulling' | 'probing' | 'settling';
      readonly container: UnreadyContainer | undefined;
      readonly since: string | undefined;
    };

/** A container that runs and is not ready. */
export interface UnreadyContainer {
  readonly container: RunningContainer;
  readonly role: 'app' | 'sidecar';
  /** The probe that has to pass next; undefined when it has none. */
  readonly waitsFor: ProbeType | undefined;
  readonly startedAt: string | undefined;
}

const SECOND = 1000;

/** The state of a pod at the time of the snapshot; computed once per pod. */
export function podState(index: ClusterIndex, pod: Pod): PodState {
  return index.memoOf(pod, 'pod-state', () => judge(index, pod));
}

/** The state of a pod that has waited for long, whatever the facts say of the time: nothing counts as just starting. */
export function podStateInTime(index: ClusterIndex, pod: Pod): PodState {
  return index.memoOf(pod, 'pod-state/in-time', () => judge(index, pod, Number.POSITIVE_INFINITY));
}

function judge(index: ClusterIndex, pod: Pod, now = index.now): PodState {
  if (isFinished(pod)) return { is: 'finished' };
  if (pod.status?.phase === undefined || (pod.status.phase === 'Running' && isUntold(pod))) return { is: 'unreported' };
  const events = index.events(pod, 'Pod');
  const name = pod.spec?.nodeName ?? '';
  const node = nodeStanding(index, name);
  const troubles = containerTroubles(pod, events, now);
  if (isReady(pod) && !isTerminating(pod)) {
    return { is: 'ready', node, restarting: troubles.find((trouble) => !mayBePast(index, events, trouble)) };
  }
  const lost = lostNode(pod, events, node, now);
  if (lost !== undefined) return { is: 'node-lost', name, node, ...lost };
  if (isTerminating(pod)) {
    return { is: 'terminating', node, overdue: now - Date.parse(pod.metadata?.deletionTimestamp ?? '') };
  }
  if (name === '' && !isPlaced(pod)) return unscheduled(pod, events, now);
  const [first, ...others] = troubles;
  if (first !== undefined) return { is: 'container', trouble: first, others };
  return beforeContainers(index, pod, events, now) ?? duringInit(pod, events, now) ?? running(pod, events, now);
}

/** A kubelet writes of containers and starts them; in a dump that was cut, this tells of a node whose name is missing. */
function isPlaced({ status }: Pod): boolean {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled')?.status;
  const written = (status?.containerStatuses ?? []).length + (status?.initContainerStatuses ?? []).length > 0;
  return scheduled === 'True' || (scheduled === undefined && (written || status?.phase === 'Running'));
}

/** Whether its status tells of no condition and no container. */
function isUntold({ status }: Pod): boolean {
  return (status?.conditions ?? []).length === 0 && (status?.containerStatuses ?? []).length === 0;
}

/**
 * Facts without a time of their own may be taken long after a last restart that is the newest thing they tell. Ready after
 * a few of them is how apps start whose dependency comes later; one that loops has more.
 */
function mayBePast(
  { orLater }: ClusterIndex,
  events: readonly ClusterEvent[],
  { runningNow, container, restarts }: ContainerTrouble,
): boolean {
  if (!orLater || !runningNow || container.status?.ready !== true || restarts >= 5) return false;
  // The run that is Ready fails its liveness probe already.
  const failure = lastProbeFailure(events, container.name, 'liveness', false);
  return !(Date.parse(failure?.lastSeen ?? '') >= Date.parse(container.status.state?.running?.startedAt ?? ''));
}

/** All containers in trouble, the one to blame first in front. */
function containerTroubles(pod: Pod, events: readonly ClusterEvent[], now: number): readonly ContainerTrouble[] {
  const found: ContainerTrouble[] = [];
  for (const container of initContainers(pod)) {
    const trouble = containerTrouble(pod, events, container, 'init', now);
    if (trouble !== undefined) found.push(trouble);
  }
  for (const container of runningContainers(pod)) {
    const trouble = containerTrouble(pod, events, container, container.nativeSidecar ? 'sidecar' : 'app', now);
    if (trouble !== undefined) found.push(trouble);
  }
  return found.sort((a, b) => CONTAINER_TROUBLES.indexOf(a.kind) - CONTAINER_TROUBLES.indexOf(b.kind));
}

function lostNode(
  pod: Pod,
  events: readonly ClusterEvent[],
  node: NodeStanding,
  now: number,
): { proven: boolean; since: string | undefined } | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (node.is === 'gone') return { proven: true, since: ready?.lastTransitionTime };
  if (node.is === 'not-ready') return { proven: true, since: node.since ?? ready?.lastTransitionTime };
  if (node.is === 'ok') return undefined;
  const since = ready?.lastTransitionTime;
  if (pod.status?.reason === 'NodeLost' || pod.status?.phase === 'Unknown') return { proven: true, since };
  const overdue = now - Date.parse(pod.metadata?.deletionTimestamp ?? '');
  const evicted = conditionOf(pod, 'DisruptionTarget')?.reason === 'DeletionByTaintManager';
  if (evicted && overdue > 30 * SECOND) return { proven: false, since };
  // The node lifecycle controller sets Ready to False on the pods of a silent node and leaves the rest as it was; the
  // kubelet never writes the two differently unless a readiness gate is closed.
  const contradictory =
    ready?.status === 'False' &&
    conditionOf(pod, 'ContainersReady')?.status === 'True' &&
    missingGates(pod).length === 0;
  const said = events.findLastIndex((event) => event.reason === 'NodeNotReady');
  // A kubelet that has spoken since is back.
  const told = said >= 0 && !events.slice(said + 1).some(({ source }) => source === 'kubelet');
  return contradictory || (told && ready?.status !== 'True') ? { proven: false, since } : undefined;
}

function unscheduled(pod: Pod, events: readonly ClusterEvent[], now: number): PodState {
  const condition = conditionOf(pod, 'PodScheduled');
  const since = condition?.lastTransitionTime ?? pod.metadata?.creationTimestamp;
  const gates = pod.spec?.schedulingGates ?? [];
  if (condition?.reason === 'SchedulingGated' || gates.length > 0) {
    return { is: 'unscheduled', why: 'gated', message: condition?.message ?? '', since };
  }
  const event = events.findLast((candidate) => candidate.reason === 'FailedScheduling');
  const message = condition?.message ?? event?.message ?? '';
  if (message !== '') return { is: 'unscheduled', why: 'refused', message, since };
  // A scheduler of another name may well not exist; of a snapshot without a time of its own the age is a lower bound.
  const own = (pod.spec?.schedulerName ?? 'default-scheduler') === 'default-scheduler';
  if (own && ageOf(pod, now) < 15 * SECOND) return { is: 'starting', stage: 'scheduling', container: undefined, since };
  return { is: 'unscheduled', why: 'unseen', message: '', since };
}

/** Between the scheduler's binding and the first container: volumes, sandbox, network. */
function beforeContainers(
  index: ClusterIndex,
  pod: Pod,
  events: readonly ClusterEvent[],
  now: number,
): PodState | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const since = conditionOf(pod, 'PodScheduled')?.lastTransitionTime ?? pod.metadata?.creationTimestamp;
  const waited = now - Date.parse(since ?? '');
  if (statuses.length === 0 && pod.status?.startTime === undefined && pod.status?.phase !== 'Running') {
    return waited < 30 * SECOND
      ? { is: 'starting', stage: 'preparing', container: undefined, since }
      : { is: 'unclaimed', name: pod.spec?.nodeName ?? '', since };
  }
  const touched = statuses.some(
    (status) =>
      status.state?.running !== undefined ||
      status.state?.terminated !== undefined ||
      status.lastState?.terminated !== undefined ||
      (status.restartCount ?? 0) > 0,
  );
  if (touched || pod.status?.phase === 'Running') return undefined;
  const problem = preparingProblem(index, pod, events, waited);
  if (problem !== undefined) return { is: 'preparing', problem, since };
  const pulling = events.findLast((event) => ['Pulling', 'Pulled', 'Created'].includes(event.reason));
  const stage = pulling?.reason === 'Pulling' ? 'pulling' : 'preparing';
  return { is: 'starting', stage, container: undefined, since };
}

/** An init container that runs, or a native sidecar whose startup probe has not passed: what comes after it waits. */
function duringInit(pod: Pod, events: readonly ClusterEvent[], now: number): PodState | undefined {
  if (conditionOf(pod, 'Initialized')?.status === 'True') return undefined;
  const sidecars = runningContainers(pod).filter((container) => container.nativeSidecar);
  for (const spec of pod.spec?.initContainers ?? []) {
    const sidecar = sidecars.find((container) => container.name === spec.name);
    if (sidecar !== undefined) {
      if (sidecar.status?.started === true) continue;
      const unready = unreadyContainer(sidecar);
      if (sidecar.status?.state?.running === undefined) return undefined;
      return settled(pod, events, [unready], now) ?? starting('probing', unready, unready.startedAt);
    }
    const container = initContainers(pod).find((candidate) => candidate.name === spec.name);
    const state = container?.status?.state;
    if (container === undefined || state === undefined) return undefined;
    if (state.terminated?.exitCode === 0) continue;
    if (state.running === undefined) return undefined;
    const all = initContainers(pod);
    const position = { at: all.findIndex((other) => other.name === container.name) + 1, of: all.length };
    return {
      is: 'container',
      others: [],
      trouble: {
        kind: 'init-running',
        container,
        role: 'init',
        position,
        reason: 'Running',
        message: '',
        ended: undefined,
        restarts: container.status?.restartCount ?? 0,
        proven: false,
        runningNow: true,
      },
    };
  }
  return undefined;
}

/** All containers run: what remains are probes and readiness gates. */
function running(pod: Pod, events: readonly ClusterEvent[], now: number): PodState {
  const since = conditionOf(pod, 'Ready')?.lastTransitionTime ?? pod.status?.startTime;
  const unready = runningContainers(pod)
    .filter((container) => container.status?.ready !== true)
    .map(unreadyContainer);
  if (unready.length > 0) {
    return settled(pod, events, unready, now) ?? starting('probing', unready[0], unready[0]?.startedAt ?? since);
  }
  const gates = missingGates(pod);
  if (gates.length > 0) return { is: 'gated', gates, since };
  return starting('settling', undefined, since);
}

function starting(
  stage: 'probing' | 'settling',
  container: UnreadyContainer | undefined,
  since: string | undefined,
): PodState {
  return { is: 'starting', stage, container, since };
}

/**
 * `unready` once one of the containers has had the time that its probes allow, or its probe failed in a way that time
 * does not mend; undefined while all are young.
 */
function settled(
  pod: Pod,
  events: readonly ClusterEvent[],
  containers: readonly UnreadyContainer[],
  now: number,
): PodState | undefined {
  const since = conditionOf(pod, 'Ready')?.lastTransitionTime ?? pod.status?.startTime;
  const due = containers.filter((entry) => {
    const patience = isStartingUp(pod, events, entry, containers.length === 1) ? SLOW_START : 0;
    return now - Date.parse(entry.startedAt ?? '') >= Math.max(allowance(entry), patience) * SECOND;
  });
  // Without a start time there is nothing to wait for.
  const unknown = containers.filter((entry) => Number.isNaN(Date.parse(entry.startedAt ?? '')));
  const hopeless = containers.some((entry) => failsForGood(pod, events, entry, containers.length === 1));
  return due.length + unknown.length === 0 && !hopeless ? undefined : { is: 'unready', containers, since };
}

/** Seconds within which a server that does not listen yet is taken for one that starts, however often it is asked. */
const SLOW_START = 30;

/** Nobody listens yet on a declared port, in a container's first run that never was ready. */
function isStartingUp(pod: Pod, events: readonly ClusterEvent[], entry: UnreadyContainer, only: boolean): boolean {
  const { name, spec, status } = entry.container;
  const probe = spec.readinessProbe;
  if (entry.waitsFor !== 'readiness' || probe === undefined || (status?.restartCount ?? 0) > 0) return false;
  // Asked of another host than the pod, it says nothing of the pod.
  if ((probe.httpGet?.host ?? probe.tcpSocket?.host ?? '') !== '') return false;
  const port = probe.exec === undefined ? probePortNumber(probe, spec) : undefined;
  if (!(spec.ports ?? []).some(({ containerPort }) => containerPort === port)) return false;
  if (wasReadySince(pod, entry.startedAt)) return false;
  return lastProbeFailure(events, name, 'readiness', only)?.kind === 'refused';
}

/** The probe was answered in a way that waiting longer will not change, and more than once. */
function failsForGood(pod: Pod, events: readonly ClusterEvent[], entry: UnreadyContainer, only: boolean): boolean {
  if (entry.waitsFor === undefined) return false;
  const { name, spec } = entry.container;
  const failure = lastProbeFailure(events, name, entry.waitsFor, only);
  const probe = probeOf(spec, entry.waitsFor);
  if (probe === undefined) return false;
  // A probe that asks for a port name that is not there needs no event to be known as hopeless.
  if (typeof probePort(probe) === 'string' && probePortNumber(probe, spec) === undefined) return true;
  if (failure?.kind === 'refused' && asksWhoWaits(pod, entry.container, entry.waitsFor) !== undefined) return true;
  if (failure === undefined || failure.count < 2) return false;
  if (LASTING.has(failure.kind)) return true;
  if (failure.kind === 'http-status') return [400, 401, 403, 404, 405].includes(failure.status ?? 0);
  return failure.kind === 'refused' && probesUndeclaredPort(spec, probe);
}

const LASTING: ReadonlySet<ProbeFailureKind> = new Set([
  'unknown-port',
  'server-speaks-http',
  'server-speaks-tls',
  'exec-missing',
  'grpc-unimplemented',
  'dns',
]);

/** Seconds after its start in which a container that is not ready is merely starting. */
export function allowance(entry: UnreadyContainer): number {
  const { spec } = entry.container;
  const readiness = spec.readinessProbe === undefined ? undefined : probeTimes(spec.readinessProbe);
  // A container gets three attempts; a large failureThreshold only delays the loss of readiness, not its start.
  const attempts =
    readiness === undefined
      ? 5
      : readiness.initialDelay + Math.max(readiness.period * (readiness.successThreshold + 2), 10);
  if (entry.waitsFor !== 'startup' || spec.startupProbe === undefined) return attempts;
  return probeTimes(spec.startupProbe).budget + attempts;
}

function unreadyContainer(container: RunningContainer): UnreadyContainer {
  const { spec, status } = container;
  const waitsForStartup = spec.startupProbe !== undefined && status?.started !== true;
  return {
    container,
    role: container.nativeSidecar ? 'sidecar' : 'app',
    waitsFor: waitsForStartup ? 'startup' : spec.readinessProbe !== undefined ? 'readiness' : undefined,
    startedAt: status?.state?.running?.startedAt,
  };
}

function missingGates(pod: Pod): { type: string; status: string; message: string }[] {
  return (pod.spec?.readinessGates ?? []).flatMap(({ conditionType = '' }) => {
    const condition = conditionOf(pod, conditionType);
    if (condition?.status === 'True') return [];
    const message = [condition?.reason, condition?.message].filter((part) => (part ?? '') !== '').join(': ');
    return [{ type: conditionType, status: condition?.status ?? 'absent', message }];
  });
}

function ageOf(pod: Pod, now: number): number {
  return now - Date.parse(pod.metadata?.creationTimestamp ?? '');
}
