import { type Address, type AddressRange, appendRange, inRange, wholeFamily } from '../../util/addresses.ts';
import { inBlock, type MatchContext } from '../rules/match.ts';
import { splitRange } from '../rules/range-parts.ts';
import type { BlockPeer, Rule } from '../rules/rules.ts';
import type { Unit } from '../rules/units.ts';

/**
 * A pod or node whose address is not known, once with an address of each place that the rules tell apart. It has, or will
 * have, one of them, so what holds for all is sure: `0.0.0.0/1` in one policy and `128.0.0.0/1` with `::/0` in another
 * meet it in any case. Any other unit is given back alone, and so is one about which no rule asks for an address.
 */
export function withEachAddress(unit: Unit, rules: readonly Rule[], { traits }: MatchContext): readonly Unit[] {
  if (unit.type === 'range' || unit.addresses.length > 0) return [unit];
  if (unit.type === 'pod' && !unit.hostNetwork && !traits.blocksMatchPods) return [unit];
  const asking = rules.filter(({ peers }) => peers !== 'any' && peers.some(({ type }) => type === 'block'));
  if (asking.length === 0) return [unit];
  return placesOf(asking.map(heldBy)).map((address) => ({ ...unit, addresses: [address] }));
}

const FAMILIES = [4, 6] as const;

/** One address of each place: two addresses that the same rules hold are in one. */
function placesOf(held: readonly (readonly AddressRange[])[]): readonly Address[] {
  const found = new Map<string, Address>();
  for (const family of FAMILIES) {
    const borders = held.flat().flatMap((range) => (range.family === family ? [range.first, range.last + 1n] : []));
    for (const value of new Set([0n, ...borders])) {
      const address: Address = { family, value };
      if (!inRange(wholeFamily(family), address)) continue;
      found.set(held.map((ranges) => (holds(ranges, address) ? '1' : '0')).join(''), address);
    }
  }
  return [...found.values()];
}

const HELD = new WeakMap<Rule, readonly AddressRange[]>();

/** What the blocks of a rule hold, less their holes. A rule never changes, so it is found once. */
function heldBy(rule: Rule): readonly AddressRange[] {
  let held = HELD.get(rule);
  if (held === undefined) {
    held = rule.peers === 'any' ? [] : unionOf(rule.peers.filter((peer): peer is BlockPeer => peer.type === 'block'));
    HELD.set(rule, held);
  }
  return held;
}

function unionOf(blocks: readonly BlockPeer[]): readonly AddressRange[] {
  const held: AddressRange[] = [];
  for (const family of blocks.length === 0 ? [] : FAMILIES) {
    for (const range of splitRange(wholeFamily(family), blocks)) {
      if (blocks.some((block) => inBlock(block, { family, value: range.first }))) appendRange(held, range);
    }
  }
  return held;
}

/** Whether one of some ranges, in their order, holds an address. */
function holds(ranges: readonly AddressRange[], address: Address): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range === undefined || inRange(range, address)) return range !== undefined;
    const later = range.family === address.family ? range.first > address.value : range.family > address.family;
    if (later) high = middle;
    else low = middle + 1;
  }
  return false;
}
