import { parseCidr, reverseZones } from './go/addresses.ts';
import { byteLength, fqdn, isDomainName, normalName } from './go/names.ts';
import { atoi, goQuote } from './go/numbers.ts';
import { type Version, version } from './versions.ts';

/** How a server block listens. */
export type Transport = 'dns' | 'tls' | 'quic' | 'grpc' | 'https' | 'https3' | 'unix';

const SCHEMES: readonly (readonly [Transport, string])[] = [
  ['tls', '1.0.0'],
  ['dns', '1.0.0'],
  ['quic', '1.11.0'],
  ['grpc', '1.0.0'],
  ['https3', '1.13.2'],
  ['https', '1.2.3'],
  ['unix', '1.11.0'],
];

const PORTS: Readonly<Record<Transport, string>> = {
  dns: '53',
  tls: '853',
  quic: '853',
  grpc: '443',
  https: '443',
  https3: '443',
  unix: '',
};

/** Parts `tls://1.1.1.1` into scheme and rest; a scheme this version does not know belongs to the rest. */
export function splitTransport(text: string, of: Version): { readonly transport: Transport; readonly rest: string } {
  for (const [transport, since] of SCHEMES) {
    if (text.startsWith(`${transport}://`) && of >= version(since)) {
      return { transport, rest: text.slice(transport.length + 3) };
    }
  }
  return { transport: 'dns', rest: text };
}

/**
 * Parts `zone:port` of a server key or an argument. A network in CIDR form becomes the reverse zones that cover it.
 * Source: coredns plugin/normalize.go.
 */
export function splitZone(
  text: string,
  of: Version,
): { readonly zones: readonly string[]; readonly port: string } | { readonly error: string } {
  const colon = text.lastIndexOf(':');
  if (text.length > 0 && colon === text.length - 1) {
    return { error: `expecting data after last colon: ${goQuote(text)}` };
  }
  let port = '';
  let zone = text;
  const number = colon < 0 ? undefined : atoi(text.slice(colon + 1));
  if (number !== undefined) {
    port = String(number);
    zone = text.slice(0, colon);
  }
  if (byteLength(zone) > 255) return { error: `specified zone is too long: ${byteLength(zone)} > 255` };
  if (!isZoneName(zone, of)) return { error: `zone is not a valid domain name: ${zone}` };
  const network = parseCidr(zone);
  if (network === undefined) return { zones: [zone], port };
  if (zone.startsWith(':') || (zone.startsWith('0') && zone.includes(':'))) return { error: `invalid CIDR ${zone}` };
  return { zones: reverseZones(network), port };
}

/** Before 1.9.4 a name could begin with a dot, so that `.:53{` was one (miekg/dns before 1.1.50). */
function isZoneName(zone: string, of: Version): boolean {
  if (isDomainName(zone)) return true;
  return of < version('1.9.4') && /^\.[^.]/.test(zone) && isDomainName(zone.slice(1));
}

/** The zones an argument names, in normal form; none when it names none, which CoreDNS passes over silently. */
export function zonesOf(text: string, of: Version): readonly string[] {
  const parts = splitZone(splitTransport(text, of).rest, of);
  return 'error' in parts ? [] : parts.zones.map(normalName);
}

/** A zone, port and transport that a server block answers for. */
export interface ServedZone {
  readonly zone: string;
  readonly port: string;
  readonly transport: Transport;
}

/** All zones of the keys of a server block, or why one of them is none. Port 53 when none is given, as the scheme says. */
export function servedZones(
  keys: readonly string[],
  of: Version,
): { readonly served: readonly ServedZone[] } | { readonly error: string } {
  const served: ServedZone[] = [];
  for (const key of keys) {
    const { transport, rest } = splitTransport(key, of);
    const parts = splitZone(rest, of);
    if ('error' in parts) return parts;
    for (const zone of parts.zones) {
      const again = splitZone(fqdn(zone), of);
      if ('error' in again) return again;
      // Before 1.14.7 two zones that differ in case only were two zones.
      served.push({
        zone: of >= version('1.14.7') ? normalName(zone) : fqdn(zone),
        port: parts.port || PORTS[transport],
        transport,
      });
    }
  }
  return { served };
}

/** A served zone as CoreDNS writes it: `dns://cluster.local.:53`. */
export function writeServed({ zone, port, transport }: ServedZone): string {
  return `${transport}://${zone}:${port}`;
}
