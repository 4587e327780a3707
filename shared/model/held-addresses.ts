import { parseAddress } from '../util/addresses.ts';
import type { ClusterIndex } from './cluster-index.ts';
import type { Pod } from './objects-pod.ts';
import { isFinished, podAddresses } from './pods.ts';

/** The living pods that hold an address; several when they use the network of their node. */
export function podsWithAddress(index: ClusterIndex, address: string): readonly Pod[] {
  return index.memo('addresses/of-pods', () => byAddress(index)).get(oneSpelling(address)) ?? [];
}

function byAddress(index: ClusterIndex): ReadonlyMap<string, readonly Pod[]> {
  const map = new Map<string, Pod[]>();
  for (const pod of index.list('Pod')) {
    if (isFinished(pod)) continue;
    for (const address of podAddresses(pod)) {
      const key = oneSpelling(address);
      const list = map.get(key);
      if (list === undefined) map.set(key, [pod]);
      else list.push(pod);
    }
  }
  return map;
}

/** Every address of every node. */
export function nodeAddresses(index: ClusterIndex): ReadonlySet<string> {
  return index.memo(
    'addresses/of-nodes',
    () =>
      new Set(
        index
          .list('Node')
          .flatMap((node) => (node.status?.addresses ?? []).map((entry) => oneSpelling(entry.address ?? ''))),
      ),
  );
}

/** IPv6 addresses have many spellings; IPv4 ones are taken as they are. */
export function oneSpelling(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parseAddress(address);
  return parsed === undefined ? address : `${parsed.family}/${parsed.value}`;
}
