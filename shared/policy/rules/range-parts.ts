import { type AddressRange, overlaps } from '../../util/addresses.ts';
import { type BlockPeer, type Direction, rulesIn, type Tier } from './rules.ts';

/** All address blocks that the policies of some tiers name for a direction. */
export function blocksOf(tiers: readonly Tier[], direction: Direction): readonly BlockPeer[] {
  const blocks: BlockPeer[] = [];
  for (const { peers } of rulesIn(tiers, direction)) {
    if (peers === 'any') continue;
    for (const peer of peers) if (peer.type === 'block') blocks.push(peer);
  }
  return blocks;
}

/** Cuts a range at the borders of blocks and of their holes, so that each part is wholly in or out of every one. */
export function splitRange(range: AddressRange, blocks: readonly BlockPeer[]): readonly AddressRange[] {
  const cuts = new Set<bigint>();
  for (const block of blocks) {
    for (const border of [block.range, ...block.except.map((hole) => hole.range)]) {
      if (border === undefined || !overlaps(border, range)) continue;
      if (border.first > range.first) cuts.add(border.first);
      if (border.last < range.last) cuts.add(border.last + 1n);
    }
  }
  const starts = [range.first, ...[...cuts].sort((a, b) => (a < b ? -1 : 1))];
  return starts.map((first, i) => ({ family: range.family, first, last: (starts[i + 1] ?? range.last + 1n) - 1n }));
}
