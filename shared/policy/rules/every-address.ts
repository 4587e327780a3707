import { wholeFamily } from '../../util/addresses.ts';
import { splitRange } from './range-parts.ts';
import type { BlockPeer, Peer } from './rules.ts';

/**
 * Whether some peers hold every address there can be, of both families and with the holes of each counted: `0.0.0.0/0` and
 * `::/0`, or parts that make them up. A pod whose address is not known yet is then surely met by one of them.
 */
export function holdEveryAddress(peers: readonly Peer[]): boolean {
  const blocks = peers.filter((peer): peer is BlockPeer => peer.type === 'block' && peer.range !== undefined);
  const own = FAMILIES.map((family) => blocks.filter(({ range }) => range?.family === family));
  // Most rules name blocks of one family, if any.
  if (own.some((some) => some.length === 0)) return false;
  return FAMILIES.every((family, at) => holdFamily(own[at] ?? [], family));
}

const FAMILIES = [4, 6] as const;

function holdFamily(blocks: readonly BlockPeer[], family: 4 | 6): boolean {
  return splitRange(wholeFamily(family), blocks).every(({ first }) =>
    blocks.some(
      ({ range, except }) =>
        holds(range, first) && !except.some((hole) => hole.range.family === family && holds(hole.range, first)),
    ),
  );
}

function holds(range: BlockPeer['range'], value: bigint): boolean {
  return range !== undefined && range.first <= value && value <= range.last;
}
