import type { ClusterIndex } from '../model/cluster-index.ts';
import type { Node } from '../model/objects.ts';
import { nameOf } from '../model/refs.ts';
import { flannelOf } from './nodes.ts';

/** A node with the address that its flannel announced for one family: others send packets for its pods there. */
export interface FlannelAddress {
  readonly name: string;
  readonly node: Node;
  readonly address: string;
  /** `flannel.alpha.coreos.com/public-ip`, or the one for IPv6. */
  readonly annotation: string;
}

/** Every address that flannel announced for a node that is still to be reached. */
export function flannelAddresses(index: ClusterIndex): readonly FlannelAddress[] {
  return index.list('Node').flatMap((node) =>
    ([4, 6] as const).flatMap((family) => {
      const address = flannelOf(node, family)?.publicAddress;
      // Where Flannel carries one family only, host-gw writes the zero of its address type for the other.
      if (address === undefined || address === '' || address === '0.0.0.0') return [];
      return [{ name: nameOf(node), node, address, annotation: `${FLANNEL}public-ip${family === 4 ? '' : 'v6'}` }];
    }),
  );
}

/** Announced addresses that the node does not have. Found once: each Service asks. */
export function strayFlannelAddresses(index: ClusterIndex): readonly FlannelAddress[] {
  return index.memo('flannel/stray-addresses', () => {
    const told = flannelAddresses(index);
    const off = told.filter(isNotOwn);
    // When most nodes announce another network than Kubernetes uses, someone chose that interface.
    return off.length * 2 > told.length ? [] : off;
  });
}

function isNotOwn({ node, address }: FlannelAddress): boolean {
  const family = address.includes(':');
  const own = (node.status?.addresses ?? []).flatMap((entry) => entry.address ?? []);
  const chosen = ['public-ip-overwrite', 'public-ipv6-overwrite'].some(
    (key) => node.metadata?.annotations?.[FLANNEL + key] !== undefined,
  );
  // A node tells Kubernetes addresses of one family only unless it was asked for both.
  return own.some((text) => text.includes(':') === family && /[.:]/.test(text)) && !own.includes(address) && !chosen;
}

const FLANNEL = 'flannel.alpha.coreos.com/';
