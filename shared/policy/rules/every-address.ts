import { wholeFamily } from '../../util/addresses.ts';
import { splitRange } from './range-parts.ts';
import type { BlockPeer, Peer } from './rules.ts';

/**
 * Whether some peers hold every address there can be, of both families and with the holes of each counted: `0.0.0.0/0` and
 * `::/0`, or parts that make them up. A pod whose address is not known yet is then surely met by one of them.
 */
export function holdEveryAddress(peers: readonly Peer[]): boolean {
  const blocks = peers.filter((peer): peer is BlockPeer => peer.type === 'block' && peer.range !== undefined);
  return ([4, 6] as const).every((family) => {
    const own = blocks.filter(({ range }) => range?.family === family);
    return (
      own.length > 0 &&
      splitRange(wholeFamily(family), own).every(({ first }) =>
        own.some(
          ({ range, except }) =>
            holds(range, first) && !except.some((hole) => hole.range.family === family && holds(hole.range, first)),
        ),
      )
    );
  });
}

function holds(range: BlockPeer['range'], value: bigint): boolean {
  return range !== undefined && range.first <= value && value <= range.last;
}
