import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { controllerOf, topOwner } from '../../../../shared/model/owners.ts';
import { isReady, isTerminating, podKey, resolveTargetPort } from '../../../../shared/model/pods.ts';
import { type Ref, refKey } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { isSideName } from '../../../../shared/model/side-ports.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { type Serving, servingOf } from './serving.ts';

/** One pod behind one Service port. */
export interface Backend {
  readonly pod: Pod;
  readonly key: string;
  /** The workload on top, or the pod itself when nobody owns it. */
  readonly owner: Ref;
  /** What tells the revisions of a workload apart: the ReplicaSet's name, a controller revision, or empty. */
  readonly revision: string;
  /** The number that requests go to; undefined when the pod declares no port of the wanted name. */
  readonly number: number | undefined;
  readonly serving: Serving;
  /** Gets requests now: listed as ready, or Ready where the slices were not read. */
  readonly rotating: boolean;
}

/** States that make requests fail. */
export type Fault = Extract<Serving, { state: 'elsewhere' | 'loopback' | 'silent' | 'otherProtocol' }>;

/** Whether requests to the port are surely or likely not answered. */
export function isFault(serving: Serving): serving is Fault {
  return ['elsewhere', 'loopback', 'silent', 'otherProtocol'].includes(serving.state);
}

/** Something tells that requests are answered, or nothing speaks against a declared port. */
export function isGood(serving: Serving): boolean {
  return serving.state === 'served' || serving.state === 'declared';
}

/** The pods behind one port of the Service, those on their way out left aside. */
export function backendsOf(index: ClusterIndex, subject: ServiceSubject, port: ServicePort): readonly Backend[] {
  const at = subject.ports.indexOf(port);
  return index.memoOf(subject.service, `netsvc/ports/backends/${at}`, () =>
    judgePods(index, subject, port, subjectPods(index, subject)),
  );
}

function judgePods(
  index: ClusterIndex,
  subject: ServiceSubject,
  port: ServicePort,
  pods: readonly Pod[],
): readonly Backend[] {
  const rotation = rotatingPods(index, subject);
  const side = isSideName(port.name) || isSideName(subject.name);
  return pods
    .filter((pod) => !isTerminating(pod))
    .map((pod) => {
      const key = podKey(pod);
      const number = resolveTargetPort(pod.spec, port);
      const claimed = new Set(
        subject.ports.flatMap((other) => (other === port ? [] : [resolveTargetPort(pod.spec, other) ?? 0])),
      );
      return {
        pod,
        key,
        owner: topOwner(index, pod) ?? { kind: 'Pod', namespace: subject.namespace, name: pod.metadata?.name ?? '' },
        revision: revisionOf(pod),
        number,
        serving:
          number === undefined
            ? ({ state: 'unknown' } as const)
            : servingOf(index, pod, { port: number, protocol: port.protocol ?? 'TCP', claimed, side, name: port.name }),
        rotating: rotation === undefined ? isReady(pod) : rotation.has(key),
      };
    });
}

/** Keys of the pods that the slices list as ready; undefined when no slice was read. */
export function rotatingPods(index: ClusterIndex, subject: ServiceSubject): ReadonlySet<string> | undefined {
  if (index.seen('EndpointSlice', subject.namespace).status !== 'ok') return undefined;
  return index.memoOf(subject.service, 'netsvc/ports/rotating', () => {
    const keys = new Set<string>();
    for (const row of endpointRows(index, subject.service)) {
      if (row.ready && row.pod !== undefined) keys.add(podKey(row.pod));
    }
    return keys;
  });
}

/** `ReplicaSet web-5d4f8`, a controller revision hash of a StatefulSet or DaemonSet, or empty. */
export function revisionOf(pod: Pod): string {
  const owner = controllerOf(pod);
  if (owner?.kind === 'ReplicaSet') return `ReplicaSet ${owner.name ?? ''}`;
  const hash = pod.metadata?.labels?.['controller-revision-hash'];
  return hash === undefined ? '' : `revision ${hash}`;
}

/** Backends by workload, in the order of the workloads' names. */
export function byOwner(backends: readonly Backend[]): ReadonlyMap<string, readonly Backend[]> {
  const groups = new Map<string, Backend[]>();
  for (const backend of backends) {
    const key = refKey(backend.owner);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [backend]);
    else group.push(backend);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
