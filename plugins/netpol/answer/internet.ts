import { type AddressRange, coversRange, parseCidr, wholeFamily } from '../../../shared/util/addresses.ts';

/**
 * Blocks that no route of the internet leads to: IANA's registries of special-purpose addresses (RFC 6890) as far as they
 * are not globally reachable, multicast, and what is reserved.
 */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** Global unicast (RFC 4291); the rest of the space is not given out. */
const PUBLIC_V6 = '2000::/3';

/** The addresses of the internet, in ascending runs. */
export function internetRanges(family: 4 | 6): readonly AddressRange[] {
  if (family === 6) return [parseCidr(PUBLIC_V6) ?? wholeFamily(6)];
  const runs: AddressRange[] = [];
  let first = 0n;
  for (const block of NOT_PUBLIC_V4.flatMap((cidr) => parseCidr(cidr) ?? [])) {
    if (block.first > first) runs.push({ family: 4, first, last: block.first - 1n });
    first = block.last + 1n;
  }
  return runs;
}

/** Whether some addresses hold all of the internet over a family, and nothing of the other family is missing. */
export function coversInternet(ranges: readonly AddressRange[]): boolean {
  const families = ([4, 6] as const).filter((family) => ranges.some((range) => range.family === family));
  return (
    families.length > 0 &&
    families.every((family) => internetRanges(family).every((run) => ranges.some((range) => coversRange(range, run))))
  );
}
