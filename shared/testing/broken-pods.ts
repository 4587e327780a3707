import type { Condition } from '../model/objects.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import { NOW, ownedBy, type PodOptions, pod, secondsAgo, workload } from './builders.ts';

/** Pods and workloads as a real cluster (v1.34) reports them when something is wrong. */

export interface BrokenOptions extends PodOptions {
  /** The owning Deployment; its ReplicaSet is `NAME-HASH`. */
  readonly of?: string;
  readonly hash?: string;
  /** Seconds since it was made. */
  readonly age?: number;
}

/** Owner and hash labels of a pod of a Deployment's ReplicaSet. */
function owned(options: BrokenOptions): PodOptions {
  if (options.of === undefined) return options;
  const hash = options.hash ?? '6f9c';
  return {
    ...options,
    labels: { ...(options.labels ?? { app: 'web' }), 'pod-template-hash': hash },
    meta: {
      ...ownedBy('ReplicaSet', `${options.of}-${hash}`),
      creationTimestamp: secondsAgo(options.age ?? 300),
      ...options.meta,
    },
  };
}

function conditions(ready: boolean, age: number, more: readonly Condition[] = []): readonly Condition[] {
  const since = secondsAgo(age);
  const flag = ready ? 'True' : 'False';
  const why = ready ? {} : { reason: 'ContainersNotReady', message: 'containers with unready status: [app]' };
  return [
    { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: since },
    { type: 'Initialized', status: 'True', lastTransitionTime: since },
    { type: 'Ready', status: flag, lastTransitionTime: since, ...why },
    { type: 'ContainersReady', status: flag, lastTransitionTime: since, ...why },
    { type: 'PodScheduled', status: 'True', lastTransitionTime: since },
    ...more,
  ];
}

const APP: Container = { name: 'app', image: 'example/app:1', ports: [{ containerPort: 8080 }] };

/** A pod whose container `app` is in the given state; phase and conditions follow from it. */
export function podWith(name: string, status: Partial<ContainerStatus>, options: BrokenOptions = {}): Pod {
  const age = options.age ?? 300;
  const container = options.containers?.[0] ?? APP;
  const began = status.state?.running !== undefined || status.state?.terminated !== undefined;
  const ended = status.lastState?.terminated !== undefined;
  return pod(name, {
    ...owned(options),
    containers: options.containers ?? [APP],
    status: {
      phase: began || ended ? 'Running' : 'Pending',
      startTime: secondsAgo(age),
      conditions: conditions(status.ready === true, age),
      containerStatuses: [
        {
          name: container.name ?? '',
          image: container.image ?? '',
          ready: false,
          started: status.state?.running !== undefined,
          restartCount: 0,
          ...status,
        },
      ],
      ...options.status,
    },
  });
}

/** `ImagePullBackOff`, `CreateContainerConfigError` … */
export function waiting(reason: string, message = ''): ContainerState {
  return { waiting: message === '' ? { reason } : { reason, message } };
}

/** A run that ended `ago` seconds ago after `lasted` seconds. */
export function ended(exitCode: number, reason: string, lasted = 1, ago = 20): ContainerState {
  return {
    terminated: { exitCode, reason, startedAt: secondsAgo(ago + lasted), finishedAt: secondsAgo(ago) },
  };
}

export function running(ago = 300): ContainerState {
  return { running: { startedAt: secondsAgo(ago) } };
}

/** In CrashLoopBackOff after a run that ended like this. */
export function crashing(
  name: string,
  last: ContainerState,
  options: BrokenOptions & { readonly restarts?: number } = {},
): Pod {
  return podWith(
    name,
    {
      state: waiting('CrashLoopBackOff', `back-off 40s restarting failed container=app pod=${name}_shop(uid-${name})`),
      lastState: last,
      restartCount: options.restarts ?? 4,
    },
    options,
  );
}

/** Running since `started` seconds, not ready. */
export function unready(
  name: string,
  container: Partial<Container>,
  options: BrokenOptions & { readonly started?: number } = {},
): Pod {
  return podWith(
    name,
    { state: running(options.started ?? options.age ?? 300), started: true },
    { ...options, containers: [{ ...APP, ...container }, ...(options.containers ?? [])] },
  );
}

/** Refused by the scheduler with this message. */
export function unschedulable(name: string, message: string, options: BrokenOptions = {}): Pod {
  const { node: _, ...rest } = owned(options);
  const made = pod(name, {
    ...rest,
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message,
          lastTransitionTime: secondsAgo(options.age ?? 300),
        },
      ],
    },
  });
  return withoutPlace(made);
}

/** A pod that nobody has bound to a node: no address, no start, no containers. */
export function withoutPlace(made: Pod): Pod {
  const { nodeName: _node, ...spec } = made.spec ?? {};
  const { phase, conditions: kept, reason, message } = made.status ?? {};
  return {
    ...made,
    spec,
    status: {
      phase: phase ?? 'Pending',
      ...(kept === undefined ? {} : { conditions: kept }),
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
    },
  };
}

/** A Deployment's ReplicaSet of one revision. */
export function replicaSet(
  of: string,
  hash: string,
  revision: number,
  more: {
    readonly replicas?: number;
    readonly made?: number;
    readonly ready?: number;
    readonly age?: number;
    readonly containers?: readonly Container[];
    readonly conditions?: readonly Condition[];
  } = {},
): Workload {
  const replicas = more.replicas ?? 1;
  const labels = { app: of === 'web' ? 'web' : of, 'pod-template-hash': hash };
  const set = workload(
    'ReplicaSet',
    `${of}-${hash}`,
    labels,
    { replicas, template: { metadata: { labels }, spec: { containers: more.containers ?? [APP] } } },
    {
      ...ownedBy('Deployment', of),
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      creationTimestamp: secondsAgo(more.age ?? 300),
    },
  );
  return {
    ...set,
    status: {
      observedGeneration: 1,
      replicas: more.made ?? replicas,
      readyReplicas: more.ready ?? 0,
      ...(more.conditions === undefined ? {} : { conditions: more.conditions }),
    },
  };
}

/** The condition with which a Deployment and its ReplicaSet tell that pods are refused. */
export function replicaFailure(message: string): Condition {
  return { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: NOW };
}
