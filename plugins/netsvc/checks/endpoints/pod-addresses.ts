import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, podAddresses } from '../../../../shared/model/pods.ts';
import { type AddressRange, inRange, parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';

/** The living pods that hold an address; several when they use the network of their node. */
export function podsWithAddress(index: ClusterIndex, address: string): readonly Pod[] {
  return index.memo('endpoints/pods-by-address', () => byAddress(index)).get(normal(address)) ?? [];
}

function byAddress(index: ClusterIndex): ReadonlyMap<string, readonly Pod[]> {
  const map = new Map<string, Pod[]>();
  for (const pod of index.list('Pod')) {
    if (isFinished(pod)) continue;
    for (const address of podAddresses(pod)) {
      const key = normal(address);
      const list = map.get(key);
      if (list === undefined) map.set(key, [pod]);
      else list.push(pod);
    }
  }
  return map;
}

/**
 * Whether an address lies where pods get theirs: in a podCIDR of a node, or, where the nodes tell none, in the /24 (IPv4)
 * or /64 (IPv6) of a pod that was seen. Addresses of the nodes themselves are outside.
 */
export function isInPodRange(index: ClusterIndex, address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined || nodeAddresses(index).has(normal(address))) return false;
  return index.memo('endpoints/pod-ranges', () => podRanges(index)).some((range) => inRange(range, parsed));
}

function podRanges(index: ClusterIndex): readonly AddressRange[] {
  const ofNodes = index.list('Node').flatMap((node) => podRangesOf(node).map(({ range }) => range));
  if (ofNodes.length > 0) return ofNodes;
  const texts = index
    .list('Pod')
    .filter((pod) => pod.spec?.hostNetwork !== true)
    .flatMap((pod) => podAddresses(pod))
    .map((address) => `${address}/${address.includes(':') ? 64 : 24}`);
  return [...new Set(texts)].flatMap((text) => {
    const range = parseCidr(text);
    return range === undefined ? [] : [range];
  });
}

/** Every address of every node. */
export function nodeAddresses(index: ClusterIndex): ReadonlySet<string> {
  return index.memo(
    'endpoints/node-addresses',
    () =>
      new Set(
        index
          .list('Node')
          .flatMap((node) => (node.status?.addresses ?? []).map((entry) => normal(entry.address ?? ''))),
      ),
  );
}

/** IPv6 addresses have many spellings; IPv4 ones are taken as they are. */
function normal(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parseAddress(address);
  return parsed === undefined ? address : `${parsed.family}/${parsed.value}`;
}
