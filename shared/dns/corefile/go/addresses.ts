import ipaddr from 'ipaddr.js';

/** What Go's net package reads as addresses; ipaddr.js alone takes forms that Go refuses. */

/** `net.ParseIP`: dotted quad without leading zeros, or IPv6 without a zone. */
export function isIp(text: string): boolean {
  if (text.includes(':')) return !text.includes('%') && /^[0-9a-fA-F:.]+$/.test(text) && isIpv6(text);
  return isIpv4(text);
}

/** Whether Go's net.ParseIP takes a text for an IPv4 address: four decimal parts without leading zeros. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (tail.includes('.') && !isIpv4(tail)) return false;
  return ipaddr.IPv6.isValid(text);
}

export interface Cidr {
  /** The network address, 4 or 16 bytes. */
  readonly bytes: readonly number[];
  readonly ones: number;
}

/** `net.ParseCIDR`: the network, host bits cleared. Undefined for what it refuses. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const address = text.slice(0, slash);
  const length = text.slice(slash + 1);
  if (slash < 0 || !isIp(address) || !/^\d+$/.test(length)) return undefined;
  const ones = Number(length);
  const bytes = address.includes(':')
    ? ipaddr.IPv6.parse(address).toByteArray()
    : ipaddr.IPv4.parse(address).toByteArray();
  if (ones > bytes.length * 8) return undefined;
  return { bytes: maskBytes(bytes, ones), ones };
}

function maskBytes(bytes: readonly number[], ones: number): number[] {
  return bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, ones - at * 8))) & 0xff);
}

/**
 * The reverse zones that cover a network: `10.0.0.0/8` → `10.in-addr.arpa.`; a length between two labels gives
 * several, `10.0.0.0/9` → `0.10.in-addr.arpa.` to `127.10.in-addr.arpa.`
 */
export function reverseZones(network: Cidr): readonly string[] {
  const six = network.bytes.length === 16;
  const step = six ? 4 : 8;
  const wanted = Math.ceil(network.ones / step) * step;
  const count = 2 ** (wanted - network.ones);
  const labels = network.bytes.flatMap((byte) => (six ? [byte >> 4, byte & 15] : [byte]));
  const used = labels.slice(0, wanted / step);
  return Array.from({ length: count }, (_, offset) => {
    const names = used.map((value, at) => (at === used.length - 1 ? value + offset : value));
    const text = names.reverse().map((value) => (six ? value.toString(16) : String(value)));
    return [...text, six ? 'ip6' : 'in-addr', 'arpa', ''].join('.');
  });
}

/** `net.SplitHostPort`. `error` has Go's words. */
export function splitAddress(
  text: string,
): { readonly host: string; readonly port: string } | { readonly error: string } {
  const failed = (why: string) => ({ error: `address ${text}: ${why}` });
  const colon = text.lastIndexOf(':');
  if (colon < 0) return failed('missing port in address');
  let host: string;
  let after = 0;
  let before = 0;
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0) return failed("missing ']' in address");
    if (end + 1 === text.length) return failed('missing port in address');
    if (end + 1 !== colon)
      return failed(text[end + 1] === ':' ? 'too many colons in address' : 'missing port in address');
    host = text.slice(1, end);
    after = 1;
    before = end + 1;
  } else {
    host = text.slice(0, colon);
    if (host.includes(':')) return failed('too many colons in address');
  }
  if (text.indexOf('[', after) >= 0) return failed("unexpected '[' in address");
  if (text.indexOf(']', before) >= 0) return failed("unexpected ']' in address");
  return { host, port: text.slice(colon + 1) };
}

/** An address without the zone that link-local IPv6 addresses may carry (`fe80::1%eth0`). */
export function withoutZone(host: string): string {
  const percent = host.lastIndexOf('%');
  return percent < 0 ? host : host.slice(0, percent);
}
