import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type {
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
} from '../../../../shared/model/objects-network.ts';
import { matchLabels } from '../../../../shared/policy/rules/labels.ts';
import {
  DIRECTIONS,
  type Direction,
  type Peer,
  type PodsPeer,
  type Rule,
} from '../../../../shared/policy/rules/rules.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { membersIn } from '../../lint/members.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';

/** A peer with where it stands. `at` counts the peers of the compiled rule, which are those of the object. */
export interface PlacedPeer {
  readonly direction: Direction;
  readonly rule: Rule;
  readonly at: number;
  readonly peer: Peer;
}

/** Every peer of every rule of a policy. */
export function placedPeers(subject: PolicySubject): readonly PlacedPeer[] {
  const { compiled } = subject;
  if (compiled === undefined) return [];
  return DIRECTIONS.flatMap((direction) =>
    compiled[direction].flatMap((rule) => {
      if (rule.peers === 'any') return [];
      const places = writtenPlaces(subject, direction, rule);
      return rule.peers.map((peer, at) => ({ direction, rule, at: places[at] ?? at, peer }));
    }),
  );
}

/** Peers that the API would refuse are not among the compiled ones, and still count in the list of the object. */
function writtenPlaces(subject: PolicySubject, direction: Direction, rule: Rule): readonly number[] {
  return writtenPeers(subject, direction, rule).flatMap((peer, at) => {
    const selectors = peer?.podSelector ?? peer?.namespaceSelector;
    return (peer?.ipBlock === undefined || peer.ipBlock === null) === (selectors === undefined || selectors === null)
      ? []
      : [at];
  });
}

/** The peers of a rule as a NetworkPolicy has them; none for the other kinds. */
export function writtenPeers(
  subject: PolicySubject,
  direction: Direction,
  rule: Pick<Rule, 'index'>,
): readonly NetworkPolicyPeer[] {
  const written = writtenPolicy(subject)?.spec?.[direction]?.[rule.index];
  const list = (written as NetworkPolicyIngressRule & NetworkPolicyEgressRule) ?? {};
  return list.from ?? list.to ?? [];
}

/** Whether a peer surely means nobody among the pods that are known. */
export function meansNobody(index: ClusterIndex, peer: PodsPeer): boolean {
  const { yes, maybe } = membersIn(lintModelIn(index), peer);
  return yes.length + maybe.length === 0;
}

/** Whether every pod and name that the rule means is missing. Blocks, nodes and domains always may mean somebody. */
export function isDead(index: ClusterIndex, rule: Rule): boolean {
  return everyPeer(rule, (peer) => meansNobody(index, peer));
}

/** Whether a rule names pods only, and each of its peers is so. */
export function everyPeer({ peers }: Rule, holds: (peer: PodsPeer) => boolean): boolean {
  return peers !== 'any' && peers.every((peer) => peer.type === 'pods' && holds(peer));
}

/** Whether no namespace there is can be meant by a peer for other namespaces. */
export function meansNoNamespace(index: ClusterIndex, peer: PodsPeer): boolean {
  if (peer.namespace !== undefined) return false;
  const model = lintModelIn(index);
  return index.list('Namespace').every(({ metadata }) => {
    return matchLabels(peer.namespaceSelector ?? {}, model.namespaceOf(metadata?.name ?? '').labels) === 'no';
  });
}

/** Peers that reach beyond the policy's own namespace. */
export function isCrossNamespace(subject: PolicySubject): boolean {
  return placedPeers(subject).some(({ peer }) => peer.type === 'pods' && peer.namespace === undefined);
}

/** `spec.ingress[0].from[1]`. */
export function peerField({ direction, rule, at }: Pick<PlacedPeer, 'direction' | 'rule' | 'at'>): string {
  return `spec.${direction}[${rule.index}].${direction === 'ingress' ? 'from' : 'to'}[${at}]`;
}

/** The same as a JSON pointer. */
export function peerPath(place: Pick<PlacedPeer, 'direction' | 'rule' | 'at'>): string {
  return `/${peerField(place).replaceAll('.', '/').replaceAll('[', '/').replaceAll(']', '')}`;
}
