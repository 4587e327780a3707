import type { ClusterEvent } from './objects.ts';
import type { ContainerState, ContainerStatus, Pod } from './objects-pod.ts';
import { containerOfEvent, lastProbeFailure, type ProbeType, probeOf, probeTimes } from './pod-state-probe.ts';
import { initContainers, type RunningContainer } from './pods.ts';

export type ContainerRole = 'app' | 'init' | 'sidecar';

/** What keeps a container from running on, in the order in which it is to blame when several apply. */
export const CONTAINER_TROUBLES = [
  'image',
  'config',
  'create',
  'start',
  'oom',
  'killed-by-startup-probe',
  'killed-by-liveness-probe',
  'crash',
  'exits-cleanly',
  'init-running',
] as const;

export type ContainerTroubleKind = (typeof CONTAINER_TROUBLES)[number];

/** One container that does not run as it should; no prose. */
export interface ContainerTrouble {
  readonly kind: ContainerTroubleKind;
  readonly container: RunningContainer;
  readonly role: ContainerRole;
  /** Of an init container: its place among all init containers, `1 of 2`. */
  readonly position: { readonly at: number; readonly of: number } | undefined;
  /** The reason as Kubernetes spells it: `ImagePullBackOff`, `OOMKilled`, `CrashLoopBackOff`. */
  readonly reason: string;
  readonly message: string;
  /** The end of the last run, when it ended. */
  readonly ended: NonNullable<ContainerState['terminated']> | undefined;
  readonly restarts: number;
  /** False when a probe was inferred from the length of the run instead of read from an event. */
  readonly proven: boolean;
  /** It runs at this moment, between two failures. */
  readonly runningNow: boolean;
}

const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
const START_REASONS = new Set(['RunContainerError', 'StartError', 'ContainerCannotRun', 'PostStartHookError']);
/** CRI-O starts the program while it creates the container, so that a wrong command ends as CreateContainerError. */
const NO_PROGRAM = /unable to start container process: |executable file .*not found/;
/** States of a container that simply waits its turn. */
const NORMAL_WAITING = new Set(['', 'ContainerCreating', 'PodInitializing']);

/** After this time of running the kubelet forgets the back-off (kubelet MaxContainerBackOff window, 10 minutes). */
const STABLE_AFTER = 600_000;

/** What ails one container, or undefined when it runs, waits its turn or ended as it should. */
export function containerTrouble(
  pod: Pod,
  events: readonly ClusterEvent[],
  container: RunningContainer,
  role: ContainerRole,
  now: number,
): ContainerTrouble | undefined {
  const status = container.status;
  if (status === undefined) return undefined;
  const { waiting, terminated, running } = status.state ?? {};
  const base = {
    container,
    role,
    position: role === 'init' ? positionOf(pod, container) : undefined,
    restarts: status.restartCount ?? 0,
  };
  if (waiting !== undefined) {
    const reason = waiting.reason ?? '';
    const message = waiting.message ?? '';
    const ended = status.lastState?.terminated;
    const found = { ...base, reason, message, ended, proven: true, runningNow: false };
    if (IMAGE_REASONS.has(reason)) return { ...found, kind: 'image' };
    if (reason === 'CreateContainerConfigError') return { ...found, kind: 'config' };
    if (reason === 'CrashLoopBackOff') return { ...found, ...judgeEnd(pod, events, container, role, ended, reason) };
    if (START_REASONS.has(reason) || NO_PROGRAM.test(message)) return { ...found, kind: 'start' };
    return NORMAL_WAITING.has(reason) ? undefined : { ...found, kind: 'create' };
  }
  if (terminated !== undefined) {
    if (role === 'init' && terminated.exitCode === 0) return undefined;
    const reason = terminated.reason ?? 'Error';
    const message = terminated.message ?? '';
    return {
      ...base,
      reason,
      message,
      ended: terminated,
      runningNow: false,
      ...judgeEnd(pod, events, container, role, terminated, reason),
    };
  }
  const ended = status.lastState?.terminated;
  if (running === undefined || ended === undefined) return undefined;
  const again =
    keepsRestarting(status, running.startedAt, ended, now) || startsAgain(pod, events, container, role, ended);
  if (!again) return undefined;
  if (base.restarts === 1 && answersBy(pod, events, container, running.startedAt)) return undefined;
  const reason = ended.reason ?? 'Error';
  const message = ended.message ?? '';
  return {
    ...base,
    reason,
    message,
    ended,
    runningNow: true,
    ...judgeEnd(pod, events, container, role, ended, reason),
  };
}

/**
 * A container that runs now and will most likely end again: it came back within the back-off window, and either more
 * than once or after a run of a few minutes at most. One that has been stable since is not a concern.
 */
function keepsRestarting(
  { restartCount: restarts = 0, ready }: ContainerStatus,
  startedAt: string | undefined,
  ended: NonNullable<ContainerState['terminated']>,
  now: number,
): boolean {
  const running = now - Date.parse(startedAt ?? '');
  // Where times were cut, only the count tells.
  if (Number.isNaN(running)) return ready !== true && restarts >= 3;
  if (running >= STABLE_AFTER || restarts < 1) return false;
  const lastRun = runLength(ended) ?? Number.POSITIVE_INFINITY;
  // One restart that led to a ready container is how many starts go: a dependency came a moment later.
  if (restarts === 1) return ready !== true && running < 120_000 && lastRun < 300_000;
  // Stable for three times as long as it ever lasted before: it recovered, as an app does when its dependency has come.
  const soon = ready === true && lastRun < 10_000 ? 30_000 : 120_000;
  const inTheLoop = running < Math.max(soon, lastRun * 3);
  return inTheLoop && (restarts >= 3 || lastRun < 300_000);
}

/** It has used up its startup probe once, however long that took, and has not passed it since. */
function startsAgain(
  pod: Pod,
  events: readonly ClusterEvent[],
  container: RunningContainer,
  role: ContainerRole,
  ended: NonNullable<ContainerState['terminated']>,
): boolean {
  if (role === 'init' || container.status?.started === true || container.spec.startupProbe === undefined) return false;
  return killedBy(pod, events, container, ended)?.type === 'startup';
}

/** Whether this run has come so far that it answers its readiness probe, though not as it should. */
function answersBy(pod: Pod, events: readonly ClusterEvent[], { name }: RunningContainer, startedAt = ''): boolean {
  const failure = lastProbeFailure(events, name, 'readiness', (pod.spec?.containers ?? []).length === 1);
  return failure?.kind === 'http-status' && Date.parse(failure.lastSeen) >= Date.parse(startedAt);
}

/** Milliseconds that a finished run lasted. */
export function runLength(ended: NonNullable<ContainerState['terminated']> | undefined): number | undefined {
  const began = Date.parse(ended?.startedAt ?? '');
  const length = Date.parse(ended?.finishedAt ?? '') - began;
  // containerd gives the beginning of time for a process that never ran (StartError).
  return Number.isNaN(length) || length < 0 || began <= 0 ? undefined : length;
}

function judgeEnd(
  pod: Pod,
  events: readonly ClusterEvent[],
  container: RunningContainer,
  role: ContainerRole,
  ended: NonNullable<ContainerState['terminated']> | undefined,
  reason: string,
): { kind: ContainerTroubleKind; proven: boolean } {
  if (ended?.reason === 'OOMKilled' || reason === 'OOMKilled') return { kind: 'oom', proven: true };
  if (START_REASONS.has(ended?.reason ?? reason)) return { kind: 'start', proven: true };
  if (hookFailed(events, container, ended)) return { kind: 'start', proven: true };
  const killer = role === 'init' ? undefined : killedBy(pod, events, container, ended);
  if (killer !== undefined) {
    const kind = killer.type === 'startup' ? 'killed-by-startup-probe' : 'killed-by-liveness-probe';
    return { kind, proven: killer.proven };
  }
  if (mayBeHook(pod, events, container, ended)) return { kind: 'start', proven: false };
  if (ended?.exitCode === 0) return { kind: 'exits-cleanly', proven: true };
  return { kind: 'crash', proven: true };
}

/** Without events: a run that a signal ended, no probe accounts for it, and a postStart hook that fails would. */
function mayBeHook(
  { spec }: Pod,
  events: readonly ClusterEvent[],
  container: RunningContainer,
  ended: NonNullable<ContainerState['terminated']> | undefined,
): boolean {
  if (events.length > 0 || container.spec.lifecycle?.postStart === undefined) return false;
  const grace = (spec?.terminationGracePeriodSeconds ?? 30) * 1000;
  return SIGNALS.has(ended?.exitCode ?? 0) && (runLength(ended) ?? 0) < 60_000 + grace;
}

/** A postStart hook that fails makes the kubelet end the container, whatever its own exit code is then. */
function hookFailed(
  events: readonly ClusterEvent[],
  container: RunningContainer,
  ended: NonNullable<ContainerState['terminated']> | undefined,
): boolean {
  if (container.spec.lifecycle === undefined) return false;
  const told = events.some(
    (event) => event.reason === 'FailedPostStartHook' && (containerOfEvent(event) ?? container.name) === container.name,
  );
  // The kubelet limits its events, so the latest may be that of an earlier run; a hook fails early in every run.
  const length = runLength(ended);
  return told && (length === undefined || length < 60_000);
}

/**
 * The probe for which the kubelet ended the last run. Its event is proof; without one, a run that a signal ended about
 * when the probe's attempts were used up points to the probe.
 */
function killedBy(
  pod: Pod,
  events: readonly ClusterEvent[],
  container: RunningContainer,
  ended: NonNullable<ContainerState['terminated']> | undefined,
): { type: ProbeType; proven: boolean } | undefined {
  const began = Date.parse(ended?.startedAt ?? '');
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at];
    if (event === undefined || event.reason !== 'Killing') continue;
    const match = /[Cc]ontainer (\S+) failed (liveness|startup) probe/.exec(event.message);
    if (match === null || (containerOfEvent(event) ?? match[1]) !== container.name) continue;
    if (!Number.isNaN(began) && Date.parse(event.lastSeen) < began) break;
    return { type: match[2] as ProbeType, proven: true };
  }
  for (const type of ['startup', 'liveness'] as const) {
    const told = events.findLast(
      (event) =>
        event.reason === 'Unhealthy' &&
        event.message.toLowerCase().startsWith(`${type} probe`) &&
        (containerOfEvent(event) ?? container.name) === container.name,
    );
    const onSchedule = diedOnSchedule(pod, container, type, ended);
    // The kubelet limits its events: of a run that ended on schedule the event may be that of an earlier run.
    const inLastRun = told !== undefined && !(Date.parse(told.lastSeen) < began);
    if (told !== undefined && onSchedule) return { type, proven: true };
    if (inLastRun && SIGNALS.has(ended?.exitCode ?? 0)) return { type, proven: true };
    // Where the pod's events are at hand and none tells of a failed probe, no probe did it.
    if (events.length === 0 && onSchedule && FROM_SIGNAL.has(ended?.exitCode ?? -1)) return { type, proven: false };
  }
  return undefined;
}

/** 137 and 143: the kubelet's SIGKILL and SIGTERM. */
const SIGNALS: ReadonlySet<number> = new Set([137, 143]);
/** A server that handles SIGTERM often ends with 0. */
const FROM_SIGNAL: ReadonlySet<number> = new Set([137, 143, 0]);

function diedOnSchedule(
  pod: Pod,
  container: RunningContainer,
  type: ProbeType,
  ended: NonNullable<ContainerState['terminated']> | undefined,
): boolean {
  const probe = probeOf(container.spec, type);
  const length = runLength(ended);
  if (probe === undefined || ended === undefined || length === undefined) return false;
  // With a startup probe the liveness probe begins only after it passed: its schedule is unknown.
  if (type === 'liveness' && container.spec.startupProbe !== undefined) return false;
  const { initialDelay, period, timeout, failureThreshold } = probeTimes(probe);
  const earliest = initialDelay + period * (failureThreshold - 1) - 2;
  const grace = probe.terminationGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
  const latest = initialDelay + (period + timeout) * failureThreshold + period + (ended.exitCode === 137 ? grace : 5);
  const seconds = length / 1000;
  return seconds >= Math.max(1, earliest) && seconds <= latest + 5;
}

function positionOf(pod: Pod, container: RunningContainer): { at: number; of: number } {
  const all = initContainers(pod);
  return { at: all.findIndex((candidate) => candidate.name === container.name) + 1, of: all.length };
}
