import { joinNames, plural } from '../../../shared/util/text.ts';

/** `node a`, `nodes a, b and 3 more`. */
export function nodeWords(names: readonly string[]): string {
  return names.length === 1 ? `node ${names[0] ?? ''}` : `nodes ${joinNames(names, 3)}`;
}

/** `node a is`, `2 nodes (a, b) are`. */
export function nodesAre(names: readonly string[]): string {
  return names.length === 1
    ? `node ${names[0] ?? ''} is`
    : `${plural(names.length, 'node')} (${joinNames(names, 3)}) are`;
}

/** What shares a key, in the order in which each came first. */
export function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** ` since 5m`, or nothing when the time is unknown. */
export function sinceWords(ago: string): string {
  return ago === '' ? '' : ` for ${ago.replace(/ ago$/, '')}`;
}
