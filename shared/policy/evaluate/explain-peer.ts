import type { Ref } from '../../model/refs.ts';
import { formatAddress, formatRange, inRange } from '../../util/addresses.ts';
import { type KnownLabels, matchLabels, missesOf } from '../rules/labels.ts';
import { type MatchContext, matchPeer } from '../rules/match.ts';
import type { BlockPeer, NodesPeer, Peer, PodsPeer } from '../rules/rules.ts';
import { isStandIn, workloadOfPod } from '../rules/stand-ins.ts';
import type { PodUnit, Unit } from '../rules/units.ts';
import type { PeerMiss, PeerWalk, Reason } from './verdict.ts';

/** Tells why a peer matches an endpoint or not; the judgement itself is `matchPeer`'s. */
export function explainPeer(peer: Peer, unit: Unit, context: MatchContext): PeerWalk {
  const matched = matchPeer(peer, unit, context);
  return {
    peer,
    matched,
    misses: matched === 'no' ? missesOfPeer(peer, unit, context) : [],
    doubts: matched === 'maybe' ? doubtsOfPeer(peer, unit, context) : [],
  };
}

/** The object behind a unit, for a stand-in its workload; a range of addresses is none. */
export function unitRef(unit: Unit): Ref {
  if (unit.type === 'pod') {
    return isStandIn(unit.pod)
      ? workloadOfPod(unit.pod)
      : { kind: 'Pod', namespace: unit.namespace.name, name: unit.name };
  }
  if (unit.type === 'node') return { kind: 'Node', name: unit.name };
  return { kind: 'Address', name: formatRange(unit.range) };
}

function missesOfPeer(peer: Peer, unit: Unit, context: MatchContext): readonly PeerMiss[] {
  switch (peer.type) {
    case 'pods':
      return unit.type === 'pod' ? missesOfPods(peer, unit) : [{ what: 'notAPod' }];
    case 'nodes':
      return missesOfNodes(peer, unit, context);
    case 'domains':
      return [{ what: 'notOutside' }];
    case 'block':
      return missesOfBlock(peer, unit, context);
  }
}

/** Label by label, namespace first. When all labels fit, the host network is what keeps the pod out. */
export function missesOfPods(peer: PodsPeer, unit: PodUnit): readonly PeerMiss[] {
  const namespace = unit.namespace.name;
  const misses: PeerMiss[] = [];
  if (peer.namespace !== undefined) {
    if (peer.namespace !== namespace) misses.push({ what: 'otherNamespace', wanted: peer.namespace, found: namespace });
  } else {
    for (const miss of missesOf(peer.namespaceSelector ?? {}, unit.namespace.labels)) {
      misses.push({ what: 'namespaceLabel', namespace, ...miss });
    }
  }
  for (const miss of missesOf(peer.podSelector, unit.labels))
    misses.push({ what: 'podLabel', pod: unitRef(unit), ...miss });
  return misses.length > 0 ? misses : [{ what: 'hostNetwork', pod: unitRef(unit) }];
}

function missesOfNodes(peer: NodesPeer, unit: Unit, context: MatchContext): readonly PeerMiss[] {
  const node = nodeBehind(unit, context);
  if (node === undefined) return [{ what: 'notANode' }];
  return missesOf(peer.selector, node.labels).map((miss) => ({ what: 'nodeLabel', node: node.name, ...miss }));
}

function nodeBehind(
  unit: Unit,
  { nodes }: MatchContext,
): { readonly name: string; readonly labels: KnownLabels } | undefined {
  if (unit.type === 'node') return unit;
  if (unit.type === 'range' || !unit.hostNetwork) return undefined;
  return nodes.get(unit.nodeName) ?? { name: unit.nodeName, labels: { labels: {}, complete: false } };
}

function missesOfBlock(peer: BlockPeer, unit: Unit, { traits }: MatchContext): readonly PeerMiss[] {
  const { cidr } = peer;
  if (peer.range === undefined) return [{ what: 'notACidr', cidr }];
  if (unit.type === 'range') {
    const first = { family: unit.range.family, value: unit.range.first };
    const hole = peer.except.find((entry) => inRange(entry.range, first));
    const addresses = [formatRange(unit.range)];
    return [
      hole ? { what: 'inExcept', cidr, except: hole.cidr, addresses } : { what: 'outsideBlock', cidr, addresses },
    ];
  }
  if (unit.type === 'pod' && !unit.hostNetwork && !traits.blocksMatchPods) return [{ what: 'blockNotForPods', cidr }];
  const addresses = unit.addresses.map(formatAddress);
  const hole = peer.except.find((entry) => unit.addresses.some((address) => inRange(entry.range, address)));
  return [hole ? { what: 'inExcept', cidr, except: hole.cidr, addresses } : { what: 'outsideBlock', cidr, addresses }];
}

function doubtsOfPeer(peer: Peer, unit: Unit, context: MatchContext): readonly Reason[] {
  if (peer.type === 'domains') return [{ code: 'domainNames', names: peer.names }];
  if (peer.type === 'pods') return unit.type === 'pod' ? doubtsOfPods(peer, unit) : [];
  if (peer.type === 'nodes') return [{ code: 'nodeLabelsUnknown', node: nodeBehind(unit, context)?.name ?? '' }];
  if (unit.type === 'range') return [];
  const endpoint = unitRef(unit);
  return [{ code: unit.addresses.length === 0 ? 'noAddress' : 'someAddresses', endpoint, cidr: peer.cidr }];
}

/** Why a selection of pods is not decided: labels of the namespace, or the host network. */
export function doubtsOfPods(peer: PodsPeer, unit: PodUnit): readonly Reason[] {
  const doubts: Reason[] = peer.apart === undefined ? [] : [{ code: 'networkApart', ...peer.apart }];
  if (peer.namespace === undefined && matchLabels(peer.namespaceSelector ?? {}, unit.namespace.labels) === 'maybe') {
    doubts.push({ code: 'namespaceLabelsUnknown', namespace: unit.namespace.name });
  }
  if (unit.hostNetwork && peer.hostNetwork === 'undefined') doubts.push({ code: 'hostNetwork', pod: unitRef(unit) });
  return doubts;
}
