import ipaddr from 'ipaddr.js';

/** An IP address as a number of its family; the two families never compare equal. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** Addresses of one family from `first` to `last`, both inside. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Reads an address. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) counts as IPv4, and leading zeros are decimal
 * (`010.0.0.1` is 10.0.0.1), as Kubernetes reads them. Undefined when it is no address.
 */
export function parseAddress(text: string | undefined): Address | undefined {
  if (text === undefined || text === '') return undefined;
  if (!text.includes(':')) {
    const value = parseIPv4(text);
    return value === undefined ? undefined : { family: 4, value: BigInt(value) };
  }
  if (!ipaddr.isValid(text)) return undefined;
  const parsed = ipaddr.process(text);
  return { family: parsed.kind() === 'ipv4' ? 4 : 6, value: toValue(parsed.toByteArray()) };
}

/**
 * Reads a CIDR block or a bare address as a range; bits below the prefix are masked, as the API does with `10.0.0.5/8`.
 * Undefined when it is neither.
 */
export function parseCidr(text: string | undefined): AddressRange | undefined {
  if (text === undefined) return undefined;
  const slash = text.indexOf('/');
  const plain = slash < 0 ? text : text.slice(0, slash);
  const bits = slash < 0 ? undefined : text.slice(slash + 1);
  if (!plain.includes(':')) return ipv4Range(parseIPv4(plain), prefixLength(bits, 32));
  const length = prefixLength(bits, 128);
  // A zone (`fe80::1%eth0`) is of one address on one machine, not of a block.
  const address = bits !== undefined && plain.includes('%') ? undefined : parseAddress(plain);
  if (address === undefined || length === undefined) return undefined;
  // `::ffff:10.0.0.0/104` is 10.0.0.0/8; a shorter prefix takes in more than IPv4.
  if (address.family === 4 && length >= 96) return ipv4Range(Number(address.value), length - 96);
  return ipv6Range(address.family === 4 ? address.value | (0xffffn << 32n) : address.value, length);
}

/**
 * The same for routes and packet filters, which look at packets: no IPv4 packet is in `::ffff:0.0.0.0/96`, which firewalls
 * and `ip -6 route` refuse as a whole.
 */
export function parseWireRange(text: string): AddressRange | undefined {
  if (!/^::ffff:/i.test(text)) return parseCidr(text);
  const [plain = '', bits] = text.split('/');
  const length = prefixLength(bits, 128);
  const address = parseAddress(plain);
  return address === undefined || length === undefined
    ? undefined
    : ipv6Range(address.value | (0xffffn << 32n), length);
}

function ipv6Range(value: bigint, length: number): AddressRange {
  const host = BigInt(128 - length);
  const first = (value >> host) << host;
  return { family: 6, first, last: first + (1n << host) - 1n };
}

function ipv4Range(value: number | undefined, length: number | undefined): AddressRange | undefined {
  if (value === undefined || length === undefined) return undefined;
  const size = 2 ** (32 - length);
  const first = value - (value % size);
  return { family: 4, first: BigInt(first), last: BigInt(first + size - 1) };
}

/** The number behind the slash; the whole width without one. */
function prefixLength(text: string | undefined, width: number): number | undefined {
  if (text === undefined) return width;
  return /^\d{1,3}$/.test(text) && Number(text) <= width ? Number(text) : undefined;
}

/** Whether an address lies in a range; an IPv4 address in no IPv6 range. */
export function inRange(range: AddressRange, address: Address): boolean {
  return range.family === address.family && range.first <= address.value && address.value <= range.last;
}

/** Whether `inner` lies wholly in `outer`. */
export function coversRange(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether two ranges have an address in common. */
export function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Adds a range to a list; one that follows the last without a gap makes that longer. */
export function appendRange(ranges: AddressRange[], next: AddressRange): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.family === next.family && last.last + 1n === next.first) {
    ranges[ranges.length - 1] = { ...last, last: next.last };
  } else ranges.push(next);
}

/** The addresses of some ranges that do not overlap in as few runs as they make, IPv4 first. */
export function joinRanges(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const order = (a: AddressRange, b: AddressRange): number =>
    a.family === b.family ? (a.first < b.first ? -1 : 1) : a.family - b.family;
  const joined: AddressRange[] = [];
  for (const range of [...ranges].sort(order)) appendRange(joined, range);
  return joined;
}

/** How many addresses a range holds; all of them, also the first and the last of a block. */
export function countAddresses({ first, last }: AddressRange): bigint {
  return last - first + 1n;
}

/** The addresses that two ranges share; undefined when there are none. */
export function sharedRange(a: AddressRange, b: AddressRange): AddressRange | undefined {
  if (!overlaps(a, b)) return undefined;
  const later = a.first < b.first ? b : a;
  const shorter = a.last < b.last ? a : b;
  return { family: a.family, first: later.first, last: shorter.last };
}

/** Every address of a family. */
export function wholeFamily(family: 4 | 6): AddressRange {
  return { family, first: 0n, last: (1n << (family === 4 ? 32n : 128n)) - 1n };
}

/** `10.1.2.3`, or `2001:db8::1` in the short form of RFC 5952. */
export function formatAddress(address: Address): string {
  const bytes = toBytes(address);
  return address.family === 4 ? bytes.join('.') : new ipaddr.IPv6(bytes).toRFC5952String();
}

/** A range as the fewest CIDR blocks: `10.0.0.0/8`, or several when it does not end on a block's border. */
export function toCidrs(range: AddressRange): readonly string[] {
  const width = range.family === 4 ? 32 : 128;
  const result: string[] = [];
  let at = range.first;
  while (at <= range.last) {
    let size = 0;
    // Grow the block while it starts on its own border and does not pass the end.
    while (
      size < width &&
      (at & ((1n << BigInt(size + 1)) - 1n)) === 0n &&
      at + (1n << BigInt(size + 1)) - 1n <= range.last
    ) {
      size++;
    }
    result.push(`${formatAddress({ family: range.family, value: at })}/${width - size}`);
    at += 1n << BigInt(size);
  }
  return result;
}

/** `first-last` as addresses; one address stands alone. */
export function formatRange(range: AddressRange): string {
  const first = formatAddress({ family: range.family, value: range.first });
  if (range.first === range.last) return first;
  return `${first}-${formatAddress({ family: range.family, value: range.last })}`;
}

/**
 * Four decimal numbers as one. By hand: every pod has such an address, a plain number costs no memory of its own, and the
 * library also takes octal and shorter forms. Undefined for anything else.
 */
export function parseIPv4(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (octet < 0 || ++dots > 3) return undefined;
      value = value * 256 + octet;
      octet = -1;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9) return undefined;
      octet = (octet < 0 ? 0 : octet * 10) + digit;
      if (octet > 255) return undefined;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined;
}

const DOT = 46;
const ZERO = 48;

function toValue(bytes: readonly number[]): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function toBytes({ family, value }: Address): number[] {
  const length = family === 4 ? 4 : 16;
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n));
}
