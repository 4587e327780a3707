import {
  ALL_PORTS,
  intersectPorts,
  NO_PORTS,
  type PortSet,
  samePorts,
  subtractPorts,
  unionPorts,
} from '../rules/port-set.ts';
import type { Action, Direction, NamedPort, Peer, Policy, Tier, Tri } from '../rules/rules.ts';

/**
 * What may happen to traffic on one side, port by port. A port in `allow` and not in `deny` is surely let through; a
 * port in both depends on something that the facts do not tell.
 */
export interface SideSets {
  readonly allow: PortSet;
  readonly deny: PortSet;
}

export const OPEN: SideSets = { allow: ALL_PORTS, deny: NO_PORTS };

/** How policies meet one pair of endpoints; `decide` itself knows neither of them. */
export interface Match {
  /** Whether the policy selects the endpoint whose side is judged. */
  readonly selects: (policy: Policy) => Tri;
  /** Whether the peer means the endpoint on the other side. */
  readonly peer: (peer: Peer) => Tri;
  /** What the destination calls by this port name; empty outside the cluster. */
  readonly port: (named: NamedPort) => PortSet;
}

/**
 * Runs the tiers over all ports at once. For every port it keeps which ends are still possible; a fact that is not known
 * leaves several. What no tier decides is allowed (ClusterNetworkPolicySpec.tier: "the default kubernetes policy is
 * applied, which says that all pods can communicate with each other").
 */
export function decide(tiers: readonly Tier[], direction: Direction, match: Match): SideSets {
  let allow: PortSet = NO_PORTS;
  let deny: PortSet = NO_PORTS;
  let open: PortSet = ALL_PORTS;
  for (const tier of tiers) {
    const ends = decideTier(tier, direction, match, open);
    allow = unionPorts(allow, ends.allow);
    deny = unionPorts(deny, ends.deny);
    open = ends.next;
    if (open.length === 0) break;
  }
  return { allow: unionPorts(allow, open), deny };
}

/** What may become of some ports in a tier; `next` may go on to the tier after it. */
export interface TierEnds {
  readonly allow: PortSet;
  readonly deny: PortSet;
  readonly next: PortSet;
}

/**
 * Runs one tier over the ports that may reach it. Whether NetworkPolicies select a pod is unsure only of one on the host
 * network, and then of all of them for the same reason: either all that name it count, or none.
 */
export function decideTier(tier: Tier, direction: Direction, match: Match, incoming: PortSet): TierEnds {
  let allow: PortSet = NO_PORTS;
  let deny: PortSet = NO_PORTS;
  let pass: PortSet = NO_PORTS;
  let going: PortSet = incoming;
  let selected: Tri = 'no';
  let unread = false;
  for (const group of tier.groups) {
    let after: PortSet = going;
    for (const policy of group) {
      if (!policy.affects[direction]) continue;
      const selects = match.selects(policy);
      if (selects === 'no') continue;
      if (policy.unjudged !== undefined && tier.unmatched === 'deny') {
        unread = true;
        continue;
      }
      if (selected !== 'yes') selected = selects;
      if (policy.unjudged !== undefined) {
        // Anything may happen: a rule of the policy, or none of them, may apply.
        allow = unionPorts(allow, going);
        deny = unionPorts(deny, going);
        continue;
      }
      const counted = tier.unmatched === 'deny' ? 'yes' : selects;
      const ends = decidePolicy(policy, direction, match, counted, going);
      allow = unionPorts(allow, ends.allow);
      deny = unionPorts(deny, ends.deny);
      pass = unionPorts(pass, ends.pass);
      // Of policies with equal priority any may act, so traffic goes on only where all of them let it.
      after = intersectPorts(after, ends.going);
    }
    going = after;
    if (going.length === 0) break;
  }
  if (unread) {
    // What the others do not allow, one that was not read may allow, or isolate from; or it is not in force.
    allow = unionPorts(allow, going);
    deny = unionPorts(deny, going);
  }
  if (selected !== 'no' && tier.unmatched === 'deny') {
    deny = unionPorts(deny, going);
    going = selected === 'yes' ? NO_PORTS : incoming;
  }
  return { allow, deny, next: unionPorts(pass, going) };
}

interface PolicyEnds {
  readonly allow: PortSet;
  readonly deny: PortSet;
  readonly pass: PortSet;
  /** Ports that no rule surely matched. */
  readonly going: PortSet;
}

/** Runs the rules of one policy in order; the first that matches decides. */
function decidePolicy(policy: Policy, direction: Direction, match: Match, selects: Tri, incoming: PortSet): PolicyEnds {
  const ends: Record<Action, PortSet> = { allow: NO_PORTS, deny: NO_PORTS, pass: NO_PORTS };
  let going = incoming;
  for (const rule of policy[direction]) {
    // Ports first: they are sooner compared than labels.
    let ports = rule.ports.fixed;
    for (const named of rule.ports.named) ports = unionPorts(ports, match.port(named));
    const hit = intersectPorts(going, ports);
    if (hit.length === 0) continue;
    const peers = rule.peers === 'any' ? 'yes' : anyPeer(rule.peers, match);
    if (peers === 'no') continue;
    ends[rule.action] = unionPorts(ends[rule.action], hit);
    if (peers === 'yes' && selects === 'yes') going = subtractPorts(going, ports);
    if (going.length === 0) break;
  }
  return { ...ends, going };
}

/** Whether one of a rule's peers means the other end. */
export function anyPeer(peers: readonly Peer[], match: Match): Tri {
  let result: Tri = 'no';
  for (const peer of peers) {
    const one = match.peer(peer);
    if (one === 'yes') return 'yes';
    if (one === 'maybe') result = 'maybe';
  }
  return result;
}

/** The two sides together: traffic passes when both let it. */
export function bothSides(a: SideSets, b: SideSets): SideSets {
  if (isOpen(a)) return b;
  if (isOpen(b)) return a;
  return { allow: intersectPorts(a.allow, b.allow), deny: unionPorts(a.deny, b.deny) };
}

/** Either of two worlds may be the real one (two address families, two parts of a range). */
export function eitherOf(a: SideSets, b: SideSets): SideSets {
  return a === b ? a : { allow: unionPorts(a.allow, b.allow), deny: unionPorts(a.deny, b.deny) };
}

/** Whether a side surely lets every port through. */
export function isOpen({ allow, deny }: SideSets): boolean {
  return deny.length === 0 && samePorts(allow, ALL_PORTS);
}

/** Every port has an end, so where none may be allowed all are denied. */
export function isShut({ allow }: SideSets): boolean {
  return allow.length === 0;
}

/** Ports surely let through. */
export function surely({ allow, deny }: SideSets): PortSet {
  return subtractPorts(allow, deny);
}

/** Ports of which the facts do not tell. */
export function perhaps({ allow, deny }: SideSets): PortSet {
  return intersectPorts(allow, deny);
}
