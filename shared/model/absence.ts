import type { ClusterIndex } from './cluster-index.ts';
import type { KindName } from './kinds.ts';

/** True only when the facts prove that no such object exists: it was asked for by name, or its whole list was read. */
export function isProvenAbsent(
  index: ClusterIndex,
  kind: KindName,
  namespace: string | undefined,
  name: string,
): boolean {
  if (index.get(kind, namespace, name) !== undefined) return false;
  const { status, whole } = index.seen(kind, namespace ?? '*', name);
  return status === 'ok' && whole;
}

/** Whether every object of a kind in a namespace (`*`: in all of them) was read. */
export function isWhollyRead(index: ClusterIndex, kind: KindName, namespace = '*'): boolean {
  const { status, whole } = index.seen(kind, namespace);
  return status === 'ok' && whole;
}

/** The namespaces of which every object of a kind was read, as far as they have any. */
export function readNamespaces(index: ClusterIndex, kind: KindName): readonly string[] {
  const names = new Set(index.list(kind).map(({ metadata }) => metadata?.namespace ?? ''));
  return [...names].filter((name) => isWhollyRead(index, kind, name));
}
