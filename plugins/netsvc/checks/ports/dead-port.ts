import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { refKey } from '../../../../shared/model/refs.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { stemOf } from '../selector/version-words.ts';
import { type Backend, backendsOf, byOwner, type Fault, isFault, isGood } from './backends.ts';
import { probedPorts } from './probe-ports.ts';

/** Pods that fail a Service port in the same way: one cause. */
export interface DeadGroup {
  readonly port: ServicePort;
  readonly number: number;
  readonly fault: Fault;
  readonly backends: readonly Backend[];
  /** All pods of the port, this group included. */
  readonly all: readonly Backend[];
  /** Requests to this port that fail because of the group, 0 to 1. */
  readonly share: number;
}

/** How the pods of a port stand: the Service's own faults, and workloads that have no business behind it. */
export interface PortState {
  readonly all: readonly Backend[];
  /** The port or the app is wrong. */
  readonly dead: readonly DeadGroup[];
  /** Another app's pods, which the selector catches while the right ones serve: by owner. */
  readonly foreign: readonly (readonly Backend[])[];
}

/** Judges one port of the Service over all its pods. */
export function portState(index: ClusterIndex, subject: ServiceSubject, port: ServicePort): PortState {
  const at = subject.ports.indexOf(port);
  return index.memoOf(subject.service, `netsvc/ports/state/${at}`, () =>
    stateOf(backendsOf(index, subject, port), port),
  );
}

/** The state of backends that are given. */
export function stateOf(all: readonly Backend[], port: ServicePort): PortState {
  const owners = [...byOwner(all).values()];
  const good = owners.filter((group) => group.some(({ serving }) => isGood(serving)));
  const stems = new Set(good.map((group) => stemOf(group[0]?.owner.name ?? '')));
  const foreign = owners.filter((group) => {
    if (good.length === 0 || good.includes(group) || !group.some(({ serving }) => isFault(serving))) return false;
    const { kind = '', name = '' } = group[0]?.owner ?? {};
    // Pods without an owner are strangers only beside a workload, not among themselves.
    if (isOneOff(kind)) return good.some(([first]) => !isOneOff(first?.owner.kind ?? ''));
    return !stems.has(stemOf(name));
  });
  const strangers = new Set(foreign.flat());
  const groups = new Map<string, Backend[]>();
  for (const backend of all) {
    if (!isFault(backend.serving) || strangers.has(backend)) continue;
    const key = `${refKey(backend.owner)} ${backend.number} ${faultKey(backend.serving)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [backend]);
    else group.push(backend);
  }
  const rotating = all.filter((backend) => backend.rotating).length;
  const dead = [...groups.values()].flatMap((backends): readonly DeadGroup[] => {
    const [first] = backends;
    if (first === undefined || !isFault(first.serving) || first.number === undefined) return [];
    const inRotation = backends.filter((backend) => backend.rotating).length;
    const share =
      backends.length === all.length ? 1 : rotating === 0 ? backends.length / all.length : inRotation / rotating;
    return [{ port, number: first.number, fault: first.serving, backends, all, share }];
  });
  return { all, dead, foreign };
}

/** A bare pod, or one that a Job runs: not meant to serve for long. */
export function isOneOff(kind: string): boolean {
  return kind === 'Pod' || kind === 'Job' || kind === 'CronJob';
}

function faultKey(fault: Fault): string {
  switch (fault.state) {
    case 'elsewhere':
      return `elsewhere ${fault.container} ${fault.ports.join(',')} ${fault.declared}`;
    case 'otherProtocol':
      return `protocol ${fault.declared.container}`;
    default:
      return `${fault.state} ${fault.container}`;
  }
}

/** The dead groups of all ports, in the order of the ports. */
export function deadGroups(index: ClusterIndex, subject: ServiceSubject): readonly DeadGroup[] {
  return subject.ports.flatMap((port) => portState(index, subject, port).dead);
}

/**
 * Critical when no request to the Service can succeed: every pod fails the port and the Service has no other port that
 * works. A headless Service maps no ports, so there a wrong number misleads only those who read SRV records.
 */
export function severityOf(index: ClusterIndex, subject: ServiceSubject, group: DeadGroup): 'critical' | 'warning' {
  if (group.share < 1 && group.backends.length < group.all.length) return 'warning';
  const alive = subject.ports.some((port) => {
    if (port === group.port) return false;
    const { all } = portState(index, subject, port);
    return all.some(({ serving, number }) => number !== undefined && !isFault(serving));
  });
  return alive ? 'warning' : 'critical';
}

/** Share of all requests, taking the Service's ports as equally used. */
export function impactOf(subject: ServiceSubject, group: DeadGroup): number {
  return group.share / Math.max(1, subject.ports.length);
}

/**
 * The pods whose readiness failure follows from the group's fault: they run, are not ready, and their readiness probe
 * asks the very port that nobody serves. Undefined when the fault stands by itself.
 */
export function failingPods(index: ClusterIndex, group: DeadGroup): readonly string[] | undefined {
  const failing = group.backends.filter(({ pod }) => {
    if (isReady(pod)) return false;
    return probedPorts(index, pod).some(
      (probe) =>
        probe.kind === 'readiness' &&
        probe.port === group.number &&
        !probe.passes &&
        probe.container === containerOf(group.fault),
    );
  });
  return failing.length === group.backends.length ? failing.map((backend) => backend.key) : undefined;
}

/** The container to blame. */
export function containerOf(fault: Fault): string {
  return fault.state === 'otherProtocol' ? fault.declared.container : fault.container;
}
