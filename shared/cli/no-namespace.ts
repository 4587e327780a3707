import { isProvenAbsent } from '../model/absence.ts';
import type { ClusterIndex } from '../model/cluster-index.ts';
import { KINDS, type KindName } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import { nameOf, namespaceOf } from '../model/refs.ts';
import { compareText, joinNames } from '../util/text.ts';
import { nearestWords } from './nearest.ts';

/** What may show that a namespace is there. */
const INSIDE = (Object.keys(KINDS) as KindName[]).filter((kind) => KINDS[kind].namespaced);

/**
 * Why nothing can be said of a namespace: it does not exist, or the recording holds others. Most likely its name was
 * mistyped, so that the nearest come first. Undefined for one that is there, or may be.
 */
export function noNamespace(index: ClusterIndex, namespace: string): string | undefined {
  if (index.get('Namespace', undefined, namespace) !== undefined) return undefined;
  // Files may hold what is in a namespace without its own object.
  const held = new Set(INSIDE.flatMap((kind) => (index.list(kind) as readonly KubeObject[]).map(namespaceOf)));
  if (held.has(namespace)) return undefined;
  if (isProvenAbsent(index, 'Namespace', undefined, namespace)) {
    const near = nearestWords(namespace, index.list('Namespace').map(nameOf));
    return `there is no namespace ${namespace}${near.length === 0 ? '' : `; nearest: ${joinNames(near)}`}`;
  }
  if (held.size === 0 || isRead(index, namespace)) return undefined;
  const names = [...held].sort(compareText);
  const near = nearestWords(namespace, names);
  const others = names.filter((name) => !near.includes(name));
  return `nothing of namespace ${namespace} was recorded; the recording holds ${joinNames([...near, ...others], 5)}`;
}

/** Why an empty list of a kind tells nothing: it was not read, or its namespace is not there. Undefined where it tells. */
export function whyUnseen(index: ClusterIndex, kind: KindName, namespace: string | undefined): string | undefined {
  const { status, reason } = index.seen(kind, namespace ?? '*');
  if (status !== 'ok' && status !== 'notCollected') return reason;
  const nowhere = namespace === undefined ? undefined : noNamespace(index, namespace);
  return nowhere ?? (status === 'ok' ? undefined : reason);
}

/** Whether the namespace was asked for itself: it may be empty, or not be shown to the one who asks. */
function isRead(index: ClusterIndex, namespace: string): boolean {
  return INSIDE.some((kind) => {
    const [own, all] = [index.seen(kind, namespace), index.seen(kind, '*')];
    return own.status !== 'notCollected' && (own.status !== all.status || own.whole !== all.whole);
  });
}
