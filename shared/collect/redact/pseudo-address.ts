import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** Replaces IP addresses and CIDR blocks in a text. */
export type AddressMapper = (text: string) => string;

/**
 * Prefix-preserving pseudonyms (the scheme of Xu, Fan, Ammar and Moon, "Prefix-preserving IP address anonymization",
 * 2002): two addresses share as many leading bits after as before. A pod is therefore still inside its node's range and
 * inside the ipBlock of a policy. Private ranges stay private, and addresses with a meaning of their own stay as they are.
 */
export function addressMapper(key: string): AddressMapper {
  const cache = new Map<string, string>();
  const map = (candidate: string): string => {
    let mapped = cache.get(candidate);
    if (mapped === undefined) {
      mapped = mapCandidate(candidate, key);
      cache.set(candidate, mapped);
    }
    return mapped;
  };
  return (text) =>
    text.replace(CANDIDATE, map).replace(DASHED, (dashed) => map(dashed.replaceAll('-', '.')).replaceAll('.', '-'));
}

/** Names of nodes in clouds and of pods in DNS: `ip-10-0-1-23`, `10-244-1-5.shop.pod`. */
const DASHED = /(?<![\d.])(?<!\d-)(?:25[0-5]|2[0-4]\d|1?\d{1,2})(?:-(?:25[0-5]|2[0-4]\d|1?\d{1,2})){3}(?![\d-]*\d)/g;

/** Something with three dots or at least two colons; whether it is an address is decided by parsing it. */
const CANDIDATE =
  /(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\.\d|[\w.]*[a-z])|(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]+(?:\.\d{1,3}){0,4})(?:\/\d{1,3})?(?![\w])/gi;

function mapCandidate(candidate: string, key: string): string {
  const [address = '', length] = candidate.split('/');
  // 12:30:45 is a time of day.
  if (/^\d\d?:\d\d:\d\d$/.test(address) || !ipaddr.isValid(address)) return candidate;
  const parsed = ipaddr.parse(address);
  const bytes = parsed.toByteArray();
  if (parsed.kind() === 'ipv6' && bytes.slice(0, 12).join() === MAPPED_V4) {
    const inner = mapCandidate(bytes.slice(12).join('.'), key);
    return `::ffff:${inner}${length === undefined ? '' : `/${length}`}`;
  }
  const kept = keptBits(bytes);
  const bits = bytes.length * 8;
  const used = length === undefined ? bits : Math.min(Number(length), bits);
  const mapped = scramble(bytes, kept, used, key);
  const text = ipaddr.fromByteArray(mapped).toString();
  return length === undefined ? text : `${text}/${length}`;
}

const MAPPED_V4 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255].join();

/** How many leading bits stay: those that tell what sort of address it is. */
function keptBits(bytes: readonly number[]): number {
  const [a = 0, b = 0] = bytes;
  if (bytes.length === 16) {
    const unspecified = bytes.slice(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) <= 1;
    return unspecified || a === 0xff || (a === 0xfe && b >= 0x80) ? 128 : 16;
  }
  if (a === 0 || a === 127 || a >= 224 || (a === 169 && b === 254)) return 32;
  if (a === 192 && b === 168) return 16;
  if (a === 172 && b >= 16 && b < 32) return 12;
  return a === 100 && b >= 64 && b < 128 ? 10 : 8;
}

/** Flips each bit after the kept ones or not, as a hash of all bits before it says; bits behind the prefix are zero. */
function scramble(bytes: readonly number[], kept: number, used: number, key: string): number[] {
  const result = bytes.map(() => 0);
  for (let bit = 0; bit < used; bit++) {
    const at = bit >> 3;
    const mask = 0x80 >> (bit & 7);
    const value = ((bytes[at] ?? 0) & mask) === 0 ? 0 : 1;
    const flipped = bit < kept ? value : value ^ flip(bytes, bit, key);
    if (flipped === 1) result[at] = (result[at] ?? 0) | mask;
  }
  return result;
}

function flip(bytes: readonly number[], bits: number, key: string): number {
  const whole = bytes.slice(0, bits >> 3);
  const partial = bits % 8 === 0 ? [] : [(bytes[bits >> 3] ?? 0) & (0xff << (8 - (bits % 8)))];
  const digest = createHash('sha256')
    .update(key)
    .update(Buffer.from([bits, ...whole, ...partial]))
    .digest();
  return (digest[0] ?? 0) & 1;
}
