import { parseAddress } from '../util/addresses.ts';

/** The name under which an address is looked up backwards (RFC 1035 §3.5, RFC 3596 §2.5); undefined for no address. */
export function reverseName(address: string): string | undefined {
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  if (parsed.family === 4) {
    const { value } = parsed;
    return `${[0n, 8n, 16n, 24n].map((shift) => String((value >> shift) & 255n)).join('.')}.in-addr.arpa`;
  }
  const digits = parsed.value.toString(16).padStart(32, '0');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}
