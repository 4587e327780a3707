import type { Manifest } from './make.ts';

/** What a namespace holds at a moment, as the API gives it. */
export interface State {
  // biome-ignore lint/suspicious/noExplicitAny: raw API objects, read by small predicates.
  readonly items: readonly any[];
}

/** A predicate over a namespace; a fault has settled when it holds. */
export type When = (state: State) => boolean;

/** One real incident: how it comes about, when it shows, what must be said of it and how it is healed. */
export interface Fault {
  readonly name: string;
  /** The namespace it is played in; its name where none is given. */
  readonly namespace?: string;
  /** What the person on call sees and what really happened. */
  readonly story: string;
  /** Words after `kubectl netsvc`; `-n` is added. */
  readonly ask: readonly string[];
  /** Applied to an empty namespace. */
  readonly given: readonly Manifest[];
  /** True before `breaks` runs; not needed when the manifests are broken as they stand. */
  readonly healthy?: When;
  /** kubectl words (without -n) that break a healthy state. */
  readonly breaks?: readonly (readonly string[])[];
  /** Holds when the fault can be seen. */
  readonly shows: When;
  readonly verdict: 'broken' | 'degraded' | 'healthy' | 'unknown';
  /** The first cause; absent for controls. */
  readonly code?: string;
  /** Must stand in the first cause's summary or evidence, or in the headline. */
  readonly words?: readonly string[];
  /**
   * kubectl words that heal it; `fix` pastes the first line of the report that changes something, then its undo, after
   * which the same cause must be told. Absent: not healed in the test.
   */
  readonly heal?: 'fix' | readonly (readonly string[])[];
  /** Objects applied to heal, after `heal`. */
  readonly healWith?: readonly Manifest[];
  readonly healed?: When;
  /** Runs alone, because it touches more than its namespace. */
  readonly alone?: boolean;
}

const pods = (state: State) => state.items.filter((item) => item.kind === 'Pod' && !item.metadata.deletionTimestamp);
const isReady = (pod: State['items'][number]): boolean =>
  (pod.status?.conditions ?? []).some((c: Manifest) => c.type === 'Ready' && c.status === 'True');
const statuses = (pod: State['items'][number]): readonly Manifest[] => [
  ...(pod.status?.initContainerStatuses ?? []),
  ...(pod.status?.containerStatuses ?? []),
];

/** Exactly so many pods are ready, and no other pod is there. */
export const ready =
  (count: number): When =>
  (state) =>
    pods(state).length === count && pods(state).every(isReady);

/** At least so many pods are ready. */
export const someReady =
  (count: number): When =>
  (state) =>
    pods(state).filter(isReady).length >= count;

/** Some container waits for one of these reasons, or was last terminated for it. */
export const container =
  (...reasons: string[]): When =>
  (state) =>
    pods(state).some((pod) =>
      statuses(pod).some((status) =>
        reasons.some(
          (reason) =>
            status.state?.waiting?.reason === reason ||
            status.state?.terminated?.reason === reason ||
            status.lastState?.terminated?.reason === reason,
        ),
      ),
    );

/** A container has restarted so often. */
export const restarted =
  (count: number): When =>
  (state) =>
    pods(state).some((pod) => statuses(pod).some((status) => status.restartCount >= count));

/** An event with this reason and a message that matches. */
export const event =
  (reason: string, message: RegExp = /./): When =>
  (state) =>
    state.items.some((item) => item.kind === 'Event' && item.reason === reason && message.test(item.message ?? ''));

/** A pod condition with this type, status and reason. */
export const condition =
  (type: string, status: string, reason?: string): When =>
  (state) =>
    pods(state).some((pod) =>
      (pod.status?.conditions ?? []).some(
        (c: Manifest) => c.type === type && c.status === status && (reason === undefined || c.reason === reason),
      ),
    );

/** A workload condition with this reason. */
export const workloadReason =
  (reason: string): When =>
  (state) =>
    state.items.some((item) => (item.status?.conditions ?? []).some((c: Manifest) => c.reason === reason));

export const noPods: When = (state) => state.items.every((item) => item.kind !== 'Pod');

/** All running pods are there but none is ready. */
export const runningNotReady =
  (count: number): When =>
  (state) =>
    pods(state).filter((pod) => pod.status?.phase === 'Running' && !isReady(pod)).length >= count;

export const all =
  (...whens: readonly When[]): When =>
  (state) =>
    whens.every((when) => when(state));

/** The Service has so many ready addresses in its slices. */
export const endpoints =
  (service: string, count: number): When =>
  (state) =>
    state.items
      .filter(
        (item) => item.kind === 'EndpointSlice' && item.metadata.labels?.['kubernetes.io/service-name'] === service,
      )
      .flatMap((slice) => slice.endpoints ?? [])
      .filter((endpoint: Manifest) => endpoint.conditions?.ready === true).length === count;

/** Every pod is at least so old: a state that young pods pass through has become a fault. */
export const aged =
  (seconds: number): When =>
  (state) =>
    pods(state).every((pod) => Date.now() - Date.parse(pod.metadata.creationTimestamp) > seconds * 1000);
