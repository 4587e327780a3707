import type { PolicyModel } from '../../../shared/policy/model.ts';
import { inBlock } from '../../../shared/policy/rules/match.ts';
import type { BlockPeer } from '../../../shared/policy/rules/rules.ts';
import type { PodUnit } from '../../../shared/policy/rules/units.ts';
import type { Address } from '../../../shared/util/addresses.ts';

/** An address of a pod; `at` is the place of the pod among all. */
interface Placed {
  readonly address: Address;
  readonly unit: PodUnit;
  readonly at: number;
}

/** Pods with an address of their own in a block and in none of its holes, in the order of the model. */
export function podsInBlock(model: PolicyModel, block: BlockPeer): readonly PodUnit[] {
  const { range } = block;
  if (range === undefined) return [];
  // Thousands of policies ask: the addresses are sorted once, and only those of the block are looked at.
  const sorted = model.memo('lint/addresses', () => sortAddresses(model))[range.family];
  const found: Placed[] = [];
  for (let i = firstFrom(sorted, range.first); i < sorted.length; i++) {
    const placed = sorted[i];
    if (placed === undefined || placed.address.value > range.last) break;
    if (inBlock(block, placed.address)) found.push(placed);
  }
  return found.sort((a, b) => a.at - b.at).map(({ unit }) => unit);
}

function sortAddresses(model: PolicyModel): Readonly<Record<4 | 6, readonly Placed[]>> {
  const all: Record<4 | 6, Placed[]> = { 4: [], 6: [] };
  model.units.forEach((unit, at) => {
    if (!unit.hostNetwork) for (const address of unit.addresses) all[address.family].push({ address, unit, at });
  });
  for (const list of Object.values(all)) list.sort((a, b) => (a.address.value < b.address.value ? -1 : 1));
  return all;
}

/** The place of the first address that is not below a value. */
function firstFrom(sorted: readonly Placed[], value: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.address.value ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
