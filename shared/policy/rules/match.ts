import { type Address, coversRange, inRange, overlaps } from '../../util/addresses.ts';
import { matchLabels } from './labels.ts';
import type { BlockPeer, NodesPeer, Peer, PodsPeer, Tri } from './rules.ts';
import type { NodeUnit, PodUnit, Unit } from './units.ts';

/**
 * What the specification leaves to the network plugin. The defaults are for a plugin that is not known; `traitsOf` in
 * `enforcement.ts` fills them for one that is.
 */
export interface PluginTraits {
  /**
   * Host-networked pods (Kubernetes documentation, Network Policies, "NetworkPolicy and hostNetwork pods"): the plugin
   * either tells them apart (`asPods`) or sees only the node's address (`asNodes`, the most common). `unknown` answers
   * `maybe` where the two differ.
   */
  readonly hostNetwork: 'unknown' | 'asPods' | 'asNodes';
  /** Whether ipBlock and networks also match addresses of pods. The API says yes; Cilium does not. */
  readonly blocksMatchPods: boolean;
}

export const UNKNOWN_PLUGIN: PluginTraits = { hostNetwork: 'unknown', blocksMatchPods: true };

/** What matching needs beside the two things it compares. */
export interface MatchContext {
  readonly traits: PluginTraits;
  readonly nodes: ReadonlyMap<string, NodeUnit>;
}

/** Whether a rule's peer means this endpoint. */
export function matchPeer(peer: Peer, unit: Unit, context: MatchContext): Tri {
  switch (peer.type) {
    case 'pods':
      return unit.type === 'pod' ? matchPods(peer, unit, context) : 'no';
    case 'block':
      return matchBlock(peer, unit, context);
    case 'nodes':
      return matchNodes(peer, unit, context);
    case 'domains':
      // Names are resolved while traffic flows; pods and nodes are met by the other kinds of peer.
      return unit.type === 'range' ? 'maybe' : 'no';
  }
}

/** Whether pods and namespaces of a subject or a peer hold for a pod: namespace AND pod selector. */
export function matchPods(peer: PodsPeer, unit: PodUnit, context: MatchContext): Tri {
  return matchPodsIn(peer, unit, matchNamespace(peer, unit), context);
}

/** The same when the namespace half is known: it is the same for all pods of a namespace. */
export function matchPodsIn(peer: PodsPeer, unit: PodUnit, namespace: Tri, context: MatchContext): Tri {
  if (namespace === 'no') return 'no';
  const pod = matchLabels(peer.podSelector, unit.labels);
  if (pod === 'no') return 'no';
  const both: Tri = namespace === 'yes' && pod === 'yes' && peer.apart === undefined ? 'yes' : 'maybe';
  return unit.hostNetwork ? onHostNetwork(both, peer, context) : both;
}

/** The namespace half of `matchPods`. */
export function matchNamespace(peer: PodsPeer, unit: PodUnit): Tri {
  if (peer.namespace !== undefined) return peer.namespace === unit.namespace.name ? 'yes' : 'no';
  return matchLabels(peer.namespaceSelector ?? {}, unit.namespace.labels);
}

function onHostNetwork(matched: Tri, peer: PodsPeer, { traits }: MatchContext): Tri {
  if (peer.hostNetwork === 'excluded' || traits.hostNetwork === 'asNodes') return 'no';
  return traits.hostNetwork === 'asPods' ? matched : 'maybe';
}

/**
 * IPBlock: "describes a particular CIDR that is allowed … The except entry describes CIDRs that should not be included
 * within this rule." Addresses of pods are compared too, as the upstream end-to-end tests ask.
 */
function matchBlock(peer: BlockPeer, unit: Unit, context: MatchContext): Tri {
  const { range, except } = peer;
  if (range === undefined) return 'no';
  if (unit.type === 'range') {
    if (!overlaps(range, unit.range)) return 'no';
    if (except.some((hole) => coversRange(hole.range, unit.range))) return 'no';
    const whole = coversRange(range, unit.range) && !except.some((hole) => overlaps(hole.range, unit.range));
    return whole ? 'yes' : 'maybe';
  }
  if (unit.type === 'pod' && !unit.hostNetwork && !context.traits.blocksMatchPods) return 'no';
  if (unit.addresses.length === 0) return 'maybe';
  const inside = unit.addresses.filter((address) => inBlock(peer, address)).length;
  return inside === 0 ? 'no' : inside === unit.addresses.length ? 'yes' : 'maybe';
}

/** Whether one address is in a block and in none of its holes. */
export function inBlock({ range, except }: BlockPeer, address: Address): boolean {
  return range !== undefined && inRange(range, address) && !except.some((hole) => inRange(hole.range, address));
}

/**
 * AdminNetworkPolicyEgressPeer.nodes: "selects the nodeIPs as the peer type by matching on the IPs present in the
 * node.Status.Addresses field". A host-networked pod has its node's address and is met with it.
 */
function matchNodes(peer: NodesPeer, unit: Unit, { nodes }: MatchContext): Tri {
  if (unit.type === 'node') return matchLabels(peer.selector, unit.labels);
  if (unit.type === 'range' || !unit.hostNetwork) return 'no';
  const node = nodes.get(unit.nodeName);
  return matchLabels(peer.selector, node?.labels ?? { labels: {}, complete: false });
}
