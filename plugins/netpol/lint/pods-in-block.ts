import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { inBlock } from '../../../shared/policy/rules/match.ts';
import type { BlockPeer } from '../../../shared/policy/rules/rules.ts';
import type { PodUnit } from '../../../shared/policy/rules/units.ts';
import type { Address } from '../../../shared/util/addresses.ts';
import { joinAnd, plural } from '../../../shared/util/text.ts';
import { lintModelIn } from './lint-facts.ts';

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

/** `2 pods: shop/a and shop/b`; empty where no pod has an address in the block. */
export function podsInWords(index: ClusterIndex, peer: BlockPeer): string {
  const known = index.memo('netpol/lint/pods-in-block', () => new Map<string, string>());
  const text = JSON.stringify([peer.cidr, peer.except.map(({ cidr }) => cidr)]);
  let words = known.get(text);
  if (words === undefined) {
    const pods = podsInBlock(lintModelIn(index), peer);
    const names = pods.slice(0, 3).map((unit) => `${unit.namespace.name}/${unit.name}`);
    const more = pods.length > 3 ? [`${pods.length - 3} more`] : [];
    words = pods.length === 0 ? '' : `${plural(pods.length, 'pod')}: ${joinAnd([...names, ...more])}`;
    known.set(text, words);
  }
  return words;
}
