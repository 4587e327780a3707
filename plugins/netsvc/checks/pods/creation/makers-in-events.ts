import { isProvenAbsent } from '../../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { ClusterEvent } from '../../../../../shared/model/objects.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { stemOf } from '../../selector/version-words.ts';
import { namespaceEvents, stayingPods, workloadsBehind } from '../workloads-behind.ts';

/** Its kind and name; the object is empty. */
type Maker = OwnedWorkload & { readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' };

/** A workload that the facts do not hold, known by what its controller said about its pods. */
export interface ToldMaker {
  readonly workload: Maker;
  readonly event: ClusterEvent;
  readonly told: 'refused' | 'scaled-down' | 'gone';
}

/** An event this old may be past: controllers try again at least every 17 minutes. */
const PAST = 20 * 60_000;

/**
 * Workloads that a dump without workloads leaves out, where their events tell why the Service has no pod. Whether they
 * carry the labels that it selects is not known; a name that the Service or its selector bears speaks for it.
 */
export function makersInEvents(index: ClusterIndex, subject: ServiceSubject): readonly ToldMaker[] {
  return index.memoOf(subject.service, 'netsvc/makers-in-events', () => {
    const { namespace } = subject;
    if (stayingPods(index, subject).length > 0 || workloadsBehind(index, subject).length > 0) return [];
    const names = new Set([subject.name, ...Object.values(subject.selector ?? {})].map(stemOf));
    const found = new Map<string, ToldMaker>();
    for (const event of namespaceEvents(index, namespace)) {
      const maker = makerOf(event, namespace);
      if (maker === undefined || !names.has(stemOf(maker.ref.name))) continue;
      if (index.seen(maker.kind, namespace).status === 'ok') continue;
      const key = `${maker.kind}/${maker.ref.name}`;
      const told = toldBy(event, index.now);
      if (told !== undefined) found.set(key, { workload: maker, event, told });
      else if (isOver(event)) found.delete(key);
    }
    return [...found.values()];
  });
}

/** A workload that bears the name of the Service or of its selector, of which only events are left: it was deleted. */
export function goneMaker(index: ClusterIndex, { namespace, name, selector }: ServiceSubject): ToldMaker | undefined {
  const names = new Set([name, ...Object.values(selector ?? {})]);
  for (const event of namespaceEvents(index, namespace).toReversed()) {
    const workload = makerOf(event, namespace);
    if (workload === undefined || !names.has(workload.ref.name)) continue;
    if (isProvenAbsent(index, workload.kind, namespace, workload.ref.name)) return { workload, event, told: 'gone' };
  }
  return undefined;
}

/** A pod of such a name that the scheduler took away and that no workload makes again. */
export function preemptedPod(
  index: ClusterIndex,
  { namespace, name, selector }: ServiceSubject,
): ClusterEvent | undefined {
  const names = new Set([name, ...Object.values(selector ?? {})]);
  return namespaceEvents(index, namespace).findLast(
    ({ reason, object }) =>
      reason === 'Preempted' &&
      names.has(object.name ?? '') &&
      isProvenAbsent(index, 'Pod', namespace, object.name ?? ''),
  );
}

function toldBy(event: ClusterEvent, now: number): ToldMaker['told'] | undefined {
  if (event.reason === 'FailedCreate') return now - Date.parse(event.lastSeen) > PAST ? undefined : 'refused';
  return /^Scaled down replica set \S+ (?:from \d+ )?to 0/.test(event.message) ? 'scaled-down' : undefined;
}

/** Something made pods after all. */
function isOver({ reason, message }: ClusterEvent): boolean {
  return reason === 'SuccessfulCreate' || /^Scaled up replica set /.test(message);
}

/** The workload on top of what an event is about: of ReplicaSet `web-5d4f8c7b9`, Deployment `web`. */
function makerOf({ object }: ClusterEvent, namespace: string): Maker | undefined {
  const { kind = '', name = '' } = object;
  const deployment = kind === 'ReplicaSet' ? /^(.+)-[a-z0-9]{5,10}$/.exec(name)?.[1] : undefined;
  if (deployment !== undefined) return stub('Deployment', namespace, deployment);
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet'
    ? stub(kind, namespace, name)
    : undefined;
}

function stub(kind: Maker['kind'], namespace: string, name: string): Maker {
  return { kind, ref: { kind, namespace, name }, object: {}, template: undefined };
}
