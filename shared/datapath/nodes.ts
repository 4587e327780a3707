import type { ClusterIndex } from '../model/cluster-index.ts';
import type { Node } from '../model/objects.ts';
import { nameOf } from '../model/refs.ts';
import { type AddressRange, parseCidr } from '../util/addresses.ts';

/** Every address of every node with the node's name; names of hosts are left out. */
export function nodeAddresses(index: ClusterIndex): ReadonlyMap<string, string> {
  return index.memo('datapath/node-addresses', () => {
    const map = new Map<string, string>();
    for (const node of index.list('Node')) {
      for (const { type, address } of node.status?.addresses ?? []) {
        if (address !== undefined && (type === 'InternalIP' || type === 'ExternalIP')) map.set(address, nameOf(node));
      }
    }
    return map;
  });
}

/** The first address by which other nodes reach a node. */
export function internalAddress({ status }: Node): string | undefined {
  return status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
}

/** A range as it is written and as numbers. */
export interface NamedRange {
  readonly text: string;
  readonly range: AddressRange;
}

/** spec.podCIDRs of a node; whether its pods have their addresses from there depends on the plugin (pod-ranges.ts). */
export function podRangesOf(node: Node): readonly NamedRange[] {
  const texts = node.spec?.podCIDRs ?? (node.spec?.podCIDR === undefined ? [] : [node.spec.podCIDR]);
  return texts.flatMap((text) => {
    const range = parseCidr(text);
    return range === undefined ? [] : [{ text, range }];
  });
}

/** What Flannel writes on a node, for others to reach its pods. */
export interface FlannelNode {
  readonly backend: string | undefined;
  readonly publicAddress: string | undefined;
  readonly mac: string | undefined;
}

/** Reads Flannel's annotations; undefined on a node without any. */
export function flannelOf(node: Node, family: 4 | 6): FlannelNode | undefined {
  const notes = node.metadata?.annotations ?? {};
  const backend = notes[`${FLANNEL}backend-type`];
  if (backend === undefined) return undefined;
  const data = notes[`${FLANNEL}${family === 4 ? 'backend-data' : 'backend-v6-data'}`] ?? '';
  return {
    backend,
    publicAddress: notes[`${FLANNEL}${family === 4 ? 'public-ip' : 'public-ipv6'}`],
    mac: /"VtepMAC":"([0-9a-f:]{17})"/i.exec(data)?.[1]?.toLowerCase(),
  };
}

const FLANNEL = 'flannel.alpha.coreos.com/';
