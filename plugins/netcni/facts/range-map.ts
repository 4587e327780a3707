import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { type AddressRange, coversRange, overlaps, parseCidr } from '../../../shared/util/addresses.ts';
import { compareText } from '../../../shared/util/text.ts';
import { nodeFacts } from './nodes.ts';

/** What a range is for; ranges of two kinds must be apart, and so must two nodes' ranges of pods. */
export type RangeKind = 'pods' | 'pods of a node' | 'Services' | 'nodes' | 'peer';

export interface MappedRange {
  readonly kind: RangeKind;
  readonly text: string;
  readonly range: AddressRange;
  /** Whose it is: `Services`, `node worker-1`. */
  readonly owner: string;
  readonly source: string;
}

/** Two ranges that must be apart and are not. */
export interface Overlap {
  readonly a: MappedRange;
  readonly b: MappedRange;
}

/** Every range that objects tell of, and those the user named, by family and place. */
export function mappedRanges(index: ClusterIndex, peers: readonly string[]): readonly MappedRange[] {
  const { podRanges, serviceRanges } = detectNetwork(index);
  const all = [
    ...podRanges.map(({ value, source }) => entry('pods', value, 'pods', source)),
    ...serviceRanges.map(({ value, source }) => entry('Services', value, 'Services', source)),
    ...nodeFacts(index).flatMap(({ name, ranges }) =>
      ranges.map(({ text }) => entry('pods of a node', text, `pods of ${name}`, `Node ${name} spec.podCIDRs`)),
    ),
    ...nodeFacts(index).flatMap(({ name, node }) =>
      (node.status?.addresses ?? []).flatMap(({ type, address }) =>
        type === 'InternalIP' && address !== undefined
          ? [entry('nodes', address, `node ${name}`, `Node ${name} status.addresses`)]
          : [],
      ),
    ),
    ...peers.map((text) => entry('peer', text, 'named by --peer', '--peer')),
  ].flatMap((one) => (one === undefined ? [] : [one]));
  return all.sort(
    (a, b) =>
      a.range.family - b.range.family ||
      compare(a.range.first, b.range.first) ||
      compare(b.range.last, a.range.last) ||
      compareText(a.owner, b.owner),
  );
}

function entry(kind: RangeKind, text: string, owner: string, source: string): MappedRange | undefined {
  const range = parseCidr(text);
  return range === undefined ? undefined : { kind, text, range, owner, source };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Pairs that must be apart and are not. The range of a node lies in that of the pods by design. */
export function overlapsIn(all: readonly MappedRange[]): readonly Overlap[] {
  const found: Overlap[] = [];
  for (const [at, a] of all.entries()) {
    for (const b of all.slice(at + 1)) {
      if (b.range.family !== a.range.family || b.range.first > a.range.last) break;
      if (overlaps(a.range, b.range) && mustBeApart(a, b)) found.push({ a, b });
    }
  }
  return found;
}

function mustBeApart(a: MappedRange, b: MappedRange): boolean {
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.size === 1) return a.kind === 'pods of a node';
  if (kinds.has('pods') && kinds.has('pods of a node')) {
    const [pods, own] = a.kind === 'pods' ? [a, b] : [b, a];
    return !coversRange(pods.range, own.range);
  }
  return true;
}
