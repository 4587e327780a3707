import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nodeAddresses, oneSpelling } from '../../../../shared/model/held-addresses.ts';
import { podAddresses, podAddressField } from '../../../../shared/model/pods.ts';
import { type AddressRange, inRange, parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';

/**
 * Whether an address lies where pods get theirs: in a podCIDR of a node, or, where the nodes tell none, in the /24 (IPv4)
 * or /64 (IPv6) of a pod that was seen. Addresses of the nodes themselves are outside.
 */
export function isInPodRange(index: ClusterIndex, address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined || nodeAddresses(index).has(oneSpelling(address))) return false;
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

/** Not all pods were read, but the API server was asked which one has this address as its first. */
export function wasAskedFor(index: ClusterIndex, address: string): boolean {
  if (isWhollyRead(index, 'Pod')) return false;
  const { status, whole } = index.seen('Pod', '*', { field: podAddressField(address) });
  return status === 'ok' && whole;
}
