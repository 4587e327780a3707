import { formatAddress } from '../../../shared/util/addresses.ts';
import type { MappedRange, Overlap } from '../facts/range-map.ts';

/** Columns of the drawing at most; beyond, the ranges of nodes are drawn as one. */
const COLUMNS = 36;

/**
 * Ranges as lines of equal width: `=` where the range is, `#` where it meets one it must be apart from. Columns are the
 * stretches between borders, in the order of the addresses and not to scale.
 */
export function drawRanges(all: readonly MappedRange[], clashes: readonly Overlap[]): readonly string[] {
  return ([4, 6] as const).flatMap((family) => {
    const own = thinned(
      all.filter(({ range }) => range.family === family),
      clashes,
    );
    if (own.length === 0) return [];
    const borders = bordersOf(own);
    const stretches = borders.slice(0, -1).map((from, at) => ({ from, to: (borders[at + 1] ?? from) - 1n }));
    const used = stretches.filter(({ from, to }) => own.some(({ range }) => range.first <= from && to <= range.last));
    const lines = own.map((one) => {
      const bar = stretches.map(({ from, to }) => {
        if (!(one.range.first <= from && to <= one.range.last)) return '.';
        const met = clashes.some(({ a, b }) => {
          const other = a === one ? b : b === one ? a : undefined;
          return other !== undefined && other.range.first <= from && to <= other.range.last;
        });
        return met ? '#' : '=';
      });
      return `${bar.join('').padEnd(4)}  ${one.text.padEnd(19)} ${one.owner}`;
    });
    const [first] = used;
    const last = used.at(-1);
    return [
      `IPv${family}, from ${formatAddress({ family, value: first?.from ?? 0n })} to ${formatAddress({ family, value: last?.to ?? 0n })}`,
      ...lines,
      '',
    ];
  });
}

function bordersOf(own: readonly MappedRange[]): readonly bigint[] {
  const set = new Set(own.flatMap(({ range }) => [range.first, range.last + 1n]));
  return [...set].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** With many nodes only those that clash are drawn by themselves. */
function thinned(own: readonly MappedRange[], clashes: readonly Overlap[]): readonly MappedRange[] {
  if (bordersOf(own).length <= COLUMNS) return own;
  const clashing = new Set(clashes.flatMap(({ a, b }) => [a, b]));
  const kept = own.filter((one) => (one.kind !== 'pods of a node' && one.kind !== 'nodes') || clashing.has(one));
  return bordersOf(kept).length <= COLUMNS ? kept : kept.slice(0, Math.floor(COLUMNS / 2));
}
