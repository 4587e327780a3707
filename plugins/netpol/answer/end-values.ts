import { formatRef, type Ref } from '../../../shared/model/refs.ts';
import { type AddressRange, coversRange, formatRange, toCidrs, wholeFamily } from '../../../shared/util/addresses.ts';
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

/** Addresses outside the cluster in words: blocks where they are few, else the first and last of each run. */
export function rangesWords(ranges: readonly AddressRange[], max = 3): string {
  const families = ([4, 6] as const).filter((family) =>
    ranges.some((range) => coversRange(range, wholeFamily(family))),
  );
  if (families.length === 2) return 'any address outside the cluster';
  if (coversInternet(ranges)) return 'the internet';
  const texts = ranges.map((range) => {
    if (families.includes(range.family)) return range.family === 4 ? 'any IPv4 address' : 'any IPv6 address';
    const blocks = toCidrs(range);
    return blocks.length === 1 ? (blocks[0] ?? '') : formatRange(range);
  });
  return joinNames(texts, max);
}
