import { refKey } from '../../../../shared/model/refs.ts';
import { compareText, joinNames } from '../../../../shared/util/text.ts';
import type { ServicePod } from './service-pods.ts';

/** Groups by a key, in the order of the keys: one cause is told once, however many pods it has. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const at = key(item);
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [item]);
    else group.push(item);
  }
  return [...groups].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group);
}

/** The key of a pod's owner; bare pods, which have none, are taken together. */
export function ownerKey(entry: Pick<ServicePod, 'owner'>): string {
  return entry.owner.kind === 'Pod' ? `Pod/${entry.owner.namespace ?? ''}/` : refKey(entry.owner);
}

/**
 * `in pod web-1 of Deployment web`, `in both pods of Deployment web`, `in 1 of 3 pods of Deployment web (web-2)`.
 * `all` are the pods behind the Service.
 */
export function inPods(bad: readonly ServicePod[], all: readonly ServicePod[]): string {
  return `in ${thePods(bad, all)}`;
}

/** The same without the leading `in`. */
export function thePods(bad: readonly ServicePod[], all: readonly ServicePod[]): string {
  const first = bad[0];
  if (first === undefined) return 'no pod';
  const owners = new Set(bad.map(ownerKey));
  const of = owners.size === 1 && first.owner.kind !== 'Pod' ? ` of ${first.owner.kind} ${first.owner.name}` : '';
  const siblings = owners.size === 1 ? all.filter((entry) => ownerKey(entry) === ownerKey(first)).length : all.length;
  if (siblings === 1) return `pod ${first.name}${of}`;
  if (bad.length === siblings) return `${siblings === 2 ? 'both' : `all ${siblings}`} pods${of}`;
  return `${bad.length} of ${siblings} pods${of} (${joinNames(podNames(bad), 2)})`;
}

/** Names in byte order. */
export function podNames(pods: readonly ServicePod[]): readonly string[] {
  return pods.map((entry) => entry.name).sort(compareText);
}

/** Keys in byte order, for `Finding.pods`. */
export function podKeys(pods: readonly ServicePod[]): readonly string[] {
  return pods.map((entry) => entry.key).sort(compareText);
}
