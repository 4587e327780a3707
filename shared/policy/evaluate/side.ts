import { type MatchContext, matchPeer, matchPods } from '../rules/match.ts';
import { ALL_PORTS, NO_PORTS, type PortSet } from '../rules/port-set.ts';
import type { Direction, NamedPort, Policy, Tier, Tri } from '../rules/rules.ts';
import { resolveNamedPort, type Unit } from '../rules/units.ts';
import { decide, eitherOf, type Match, OPEN, perhaps, type SideSets } from './decide.ts';
import { withEachAddress } from './unknown-address.ts';

/** One side of a question: whose policies are asked, and about whom. */
export interface Side {
  readonly direction: Direction;
  /** The tiers that can concern the subject. */
  readonly tiers: readonly Tier[];
  readonly subject: Unit;
  readonly other: Unit;
}

/** Whose policies are asked may be known by what selects it, without its unit. */
export type Judged = Pick<Side, 'direction' | 'tiers' | 'other'> & Pick<Match, 'selects'> & { readonly receiver: Unit };

/** A side as policies meet it, one by one and without any index. */
export function judgedOf(side: Side, context: MatchContext): Judged {
  const { direction, tiers, other } = side;
  const selecting = (policy: Policy): Tri => selects(policy, side.subject, context);
  return { direction, tiers, other, selects: selecting, receiver: destinationOf(side) };
}

/** What policies let pass, all ports at once. An address that is not known is any. */
export function judge(judged: Judged, context: MatchContext): SideSets {
  const { tiers, direction, other } = judged;
  const sets = decide(tiers, direction, matchWith(judged, other, context));
  if (perhaps(sets).length === 0) return sets;
  const others = othersOf(judged, context);
  if (others[0] === other) return sets;
  return others.map((one) => decide(tiers, direction, matchWith(judged, one, context))).reduce(eitherOf);
}

/** How policies meet a side, once for each place where the other end may be. */
export function matchesOf(judged: Judged, context: MatchContext): readonly Match[] {
  return othersOf(judged, context).map((other) => matchWith(judged, other, context));
}

function othersOf({ tiers, direction, other, selects: selecting }: Judged, context: MatchContext): readonly Unit[] {
  const policies = tiers.flatMap(({ groups }) => groups.flat());
  const asked = policies.filter((policy) => policy.affects[direction] && selecting(policy) !== 'no');
  return withEachAddress(
    other,
    asked.flatMap((policy) => policy[direction]),
    context,
  );
}

function matchWith({ selects: selecting, receiver }: Judged, other: Unit, context: MatchContext): Match {
  return {
    selects: selecting,
    peer: (peer) => matchPeer(peer, other, context),
    port: (named) => namedPort(named, receiver),
  };
}

/** Whether a policy selects a unit. Only pods can be selected. */
export function selects(policy: Policy, unit: Unit, context: MatchContext): Tri {
  return unit.type === 'pod' && policy.subject !== undefined ? matchPods(policy.subject, unit, context) : 'no';
}

/** Port names are the destination's on both sides: the subject for ingress, the other end for egress. */
export function destinationOf(side: Side): Unit {
  return side.direction === 'ingress' ? side.subject : side.other;
}

/** What a port name comes to; nothing outside the cluster and on nodes, where ports have no names. */
export function namedPort(named: NamedPort, destination: Unit): PortSet {
  return destination.type === 'pod' ? resolveNamedPort(destination.pod, named) : NO_PORTS;
}

/**
 * Whether the other end is the subject's own node (Kubernetes documentation, Network Policies: "traffic to and from the
 * node where a Pod is running is always allowed, regardless of the IP address of the Pod or the node"). Kubelet probes
 * are such traffic. A host-networked pod there looks like its node to plugins that do not tell the two apart.
 */
export function nodeLocal({ subject, other }: Side, { traits }: MatchContext): Tri {
  if (subject.type !== 'pod' || subject.nodeName === '') return 'no';
  if (other.type === 'node') return other.name === subject.nodeName ? 'yes' : 'no';
  if (other.type !== 'pod' || !other.hostNetwork || other.nodeName !== subject.nodeName) return 'no';
  return traits.hostNetwork === 'asPods' ? 'no' : traits.hostNetwork === 'asNodes' ? 'yes' : 'maybe';
}

/** All ports of one side at once. */
export function sideSets(side: Side, context: MatchContext): SideSets {
  if (side.tiers.length === 0) return OPEN;
  const local = nodeLocal(side, context);
  if (local === 'yes') return OPEN;
  const sets = judge(judgedOf(side, context), context);
  return local === 'maybe' ? { ...sets, allow: ALL_PORTS } : sets;
}
