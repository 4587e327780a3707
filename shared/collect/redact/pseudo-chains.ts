import { createHash } from 'node:crypto';
import type { EndpointSlice, Service } from '../../model/objects-network.ts';
import type { Snapshot } from '../../model/snapshot.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * kube-proxy names its chains by a hash of the Service's name and the endpoint's address
 * (kubernetes pkg/proxy/iptables/proxier.go, portProtoHash and servicePortEndpointChainName). Where those get
 * pseudonyms, the chains must be renamed alike, or the rules would belong to no Service. Gives old → new hashes.
 */
export function chainHashes(
  snapshot: Snapshot,
  names: (text: string) => string,
  addresses: (text: string) => string,
): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  const note = (service: string, port: string, protocol: string, address?: string, number?: number | null): void => {
    const old = `${service}${port === '' ? '' : `:${port}`}${protocol.toLowerCase()}`;
    const renamed = `${names(service)}${port === '' ? '' : `:${names(port)}`}${protocol.toLowerCase()}`;
    if (address === undefined) hashes.set(chainHash(old), chainHash(renamed));
    else hashes.set(chainHash(old + target(address, number)), chainHash(renamed + target(addresses(address), number)));
  };
  for (const service of (snapshot.objects.Service ?? []) as readonly Service[]) {
    const key = `${service.metadata?.namespace ?? ''}/${service.metadata?.name ?? ''}`;
    for (const { name = '', protocol = 'TCP' } of service.spec?.ports ?? []) note(key, name, protocol);
  }
  for (const slice of (snapshot.objects.EndpointSlice ?? []) as readonly EndpointSlice[]) {
    const service = slice.metadata?.labels?.['kubernetes.io/service-name'];
    if (service === undefined) continue;
    const key = `${slice.metadata?.namespace ?? ''}/${service}`;
    for (const { name, protocol = 'TCP', port } of slice.ports ?? []) {
      for (const address of (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? [])) {
        note(key, name ?? '', protocol, address, port);
      }
    }
  }
  return hashes;
}

function target(address: string, port: number | null | undefined): string {
  return address.includes(':') ? `[${address}]:${port ?? ''}` : `${address}:${port ?? ''}`;
}

/** Renames the chains in a dump of rules. */
export function renameChains(text: string, hashes: ReadonlyMap<string, string>): string {
  return text.replace(
    /\b(KUBE-(?:SVC|SVL|FW|EXT|XLB|SEP)-)([A-Z2-7]{16})\b/g,
    (whole, prefix: string, hash: string) => {
      const mapped = hashes.get(hash);
      return mapped === undefined ? whole : prefix + mapped;
    },
  );
}

/** The first 16 letters of the SHA-256 in base 32. */
function chainHash(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  let result = '';
  for (let index = 0; index < 16; index++) {
    const bit = index * 5;
    const pair = ((digest[bit >> 3] ?? 0) << 8) | (digest[(bit >> 3) + 1] ?? 0);
    result += BASE32[(pair >> (11 - (bit & 7))) & 31];
  }
  return result;
}
