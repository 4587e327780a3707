import type { ClusterIndex } from '../model/cluster-index.ts';
import type { IPAMBlock } from '../model/objects-cni.ts';
import { nameOf } from '../model/refs.ts';
import { parseCidr } from '../util/addresses.ts';
import { parseJson } from './cni/config-text.ts';
import { detectNetwork } from './cni/detect.ts';
import { type NamedRange, podRangesOf } from './nodes.ts';

/** Ranges that a node's pods have their addresses from, with the place where they stand. */
export interface NodeRanges {
  readonly ranges: readonly NamedRange[];
  /** `Node n1 spec.podCIDRs`, `IPAMBlocks with affinity host:n1`. */
  readonly source: string;
}

/**
 * Where the pods of each node have their addresses from, as the plugin in use hands them out: Calico's blocks, ranges of
 * Cilium's operator, subnets of OVN, else spec.podCIDRs, which the controller manager sets on every node, used or not. A node that
 * nothing tells of is left out, and so is every node where the plugin or the cloud hands out addresses in other ways.
 */
export function podRangesByNode(index: ClusterIndex): ReadonlyMap<string, NodeRanges> {
  return index.memo('datapath/pod-ranges', () => {
    const { primary } = detectNetwork(index);
    if (primary?.name === 'OVN-Kubernetes')
      return named(
        index,
        (node) => ovnRanges(index, node),
        (node) => `Node ${node} annotation ${OVN_SUBNETS}`,
      );
    switch (primary?.ipam?.value) {
      case 'blocks':
        return ofBlocks(index);
      case 'operator':
        return named(
          index,
          (node) => ciliumRanges(index, node),
          (node) => `CiliumNode ${node} spec.ipam`,
        );
      case 'cloud':
      case 'own':
        return new Map();
      default:
        return new Map(
          index.list('Node').flatMap((node) => {
            const ranges = podRangesOf(node);
            return ranges.length === 0
              ? []
              : [[nameOf(node), { ranges, source: `Node ${nameOf(node)} spec.podCIDRs` }]];
          }),
        );
    }
  });
}

function named(
  index: ClusterIndex,
  textsOf: (node: string) => readonly string[],
  source: (node: string) => string,
): ReadonlyMap<string, NodeRanges> {
  return new Map(
    index.list('Node').flatMap((node) => {
      const name = nameOf(node);
      const ranges = textsOf(name).flatMap((text) => {
        const range = parseCidr(text);
        return range === undefined ? [] : [{ text, range }];
      });
      return ranges.length === 0 ? [] : [[name, { ranges, source: source(name) }]];
    }),
  );
}

const OVN_SUBNETS = 'k8s.ovn.org/node-subnets';

/** `{"default":["10.128.0.0/23"]}`, or a single text before there was dual-stack. */
function ovnRanges(index: ClusterIndex, node: string): readonly string[] {
  const { default: own } = parseJson(index.get('Node', undefined, node)?.metadata?.annotations?.[OVN_SUBNETS]) ?? {};
  return (Array.isArray(own) ? own : [own]).filter((text) => typeof text === 'string');
}

function ofBlocks(index: ClusterIndex): ReadonlyMap<string, NodeRanges> {
  const byNode = new Map<string, string[]>();
  for (const block of index.list('IPAMBlock')) {
    const node = blockNode(block);
    if (node === undefined || block.spec?.cidr === undefined) continue;
    byNode.set(node, [...(byNode.get(node) ?? []), block.spec.cidr]);
  }
  return named(
    index,
    (node) => byNode.get(node) ?? [],
    (node) => `IPAMBlocks with affinity host:${node}`,
  );
}

/** The node of `host:NODE`; undefined for a block without owner, or one of a load balancer. */
export function blockNode(block: IPAMBlock): string | undefined {
  const affinity = block.spec?.affinity ?? '';
  return affinity.startsWith('host:') ? affinity.slice('host:'.length) : undefined;
}

/** Ranges that Cilium's operator gave a node, of all its pools. */
export function ciliumRanges(index: ClusterIndex, node: string): readonly string[] {
  const ipam = index.get('CiliumNode', undefined, node)?.spec?.ipam;
  return [...(ipam?.podCIDRs ?? []), ...(ipam?.pools?.allocated ?? []).flatMap(({ cidrs }) => cidrs ?? [])];
}
