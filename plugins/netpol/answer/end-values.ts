import { formatRef, type Ref } from '../../../shared/model/refs.ts';
import { type AddressRange, formatRange, toCidrs, wholeFamily } from '../../../shared/util/addresses.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { coversInternet } from './internet.ts';
import type { MatrixEnd } from './matrix-rows.ts';

/** An end of a connection as the JSON has it. */
export type PeerValue =
  | { readonly kind: string; readonly namespace?: string; readonly name: string }
  | { readonly cidr: string }
  | { readonly kind: 'IngressController' };

/** An end as values: addresses are as many as they take CIDR blocks. */
export function endValues(end: MatrixEnd): readonly PeerValue[] {
  switch (end.type) {
    case 'pods':
      return [refValue(end.ref)];
    case 'outside':
      return end.ranges.flatMap(toCidrs).map((cidr) => ({ cidr }));
    case 'ingressController':
      return [{ kind: 'IngressController' }];
  }
}

/** A reference with its keys in the order of the interface. */
export function refValue({ kind, namespace, name }: Ref): PeerValue {
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

/** An end as people read it: `Deployment shop/web`, `10.0.0.0/8`, `the internet`. */
export function endWords(end: MatrixEnd): string {
  switch (end.type) {
    case 'pods':
      return formatRef(end.ref);
    case 'outside':
      return rangesWords(end.ranges);
    case 'ingressController':
      return 'ingress controller';
  }
}

/** Addresses outside the cluster in words: what is left out where that is shorter, else blocks, else first and last. */
export function rangesWords(ranges: readonly AddressRange[], max = 3): string {
  const families = ([4, 6] as const).filter((family) => ranges.some((range) => range.family === family));
  const holes = families.flatMap((family) => gapsIn(family, ranges));
  const [only] = families;
  const any =
    families.length === 2
      ? 'any address outside'
      : only === 4
        ? 'any IPv4 address outside'
        : 'any IPv6 address outside';
  if (holes.length === 0) return `${any} the cluster`;
  if (holes.length <= max && holes.length < ranges.length + families.length) {
    if (ranges.length > 1 || families.length > 1)
      return `${any} the cluster but ${joinNames(holes.map(rangeWords), max)}`;
  }
  if (coversInternet(ranges)) return 'the internet';
  return joinNames(ranges.map(rangeWords), max);
}

function rangeWords(range: AddressRange): string {
  const blocks = toCidrs(range);
  return blocks.length === 1 ? (blocks[0] ?? '') : formatRange(range);
}

/** What some ranges leave out of a family. */
function gapsIn(family: 4 | 6, ranges: readonly AddressRange[]): readonly AddressRange[] {
  const whole = wholeFamily(family);
  const own = ranges.filter((range) => range.family === family).sort((a, b) => (a.first < b.first ? -1 : 1));
  const gaps: AddressRange[] = [];
  let next = whole.first;
  for (const { first, last } of own) {
    if (first > next) gaps.push({ family, first: next, last: first - 1n });
    if (last >= next) next = last + 1n;
  }
  if (next <= whole.last) gaps.push({ family, first: next, last: whole.last });
  return gaps;
}
