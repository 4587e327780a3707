/**
 * The one form into which every policy family is brought. A tier holds policies in groups of equal priority; a policy
 * holds a subject and, per direction, rules in order. `decide.ts` evaluates it, `walk.ts` tells it, and neither knows
 * which family a policy came from. A further family (Calico, Cilium) is one more module that returns a `Tier`.
 */
import type { LabelSelector } from '../../model/objects.ts';
import type { Ref } from '../../model/refs.ts';
import type { AddressRange } from '../../util/addresses.ts';
import type { PortSet, Protocol } from './port-set.ts';

export type Direction = 'ingress' | 'egress';

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

/**
 * `maybe` stands where the facts do not decide: labels of a namespace that was not read, a pod without an address, a pod
 * on the host network. It is never rounded to either side.
 */
export type Tri = 'yes' | 'no' | 'maybe';

export type Action = 'allow' | 'deny' | 'pass';

/**
 * Tiers in their order of evaluation. `unjudged` stands for policies that exist but that nothing here can judge, and for
 * lists that could not be read: for the pods concerned anything may happen. `network` is no policy but a network of its
 * own, which may keep others out before any policy is asked.
 */
export type TierName = 'network' | 'unjudged' | 'admin' | 'networkPolicy' | 'baseline';

export interface Tier {
  readonly name: TierName;
  /** Ascending priority; policies that share a group share a priority. */
  readonly groups: readonly (readonly Policy[])[];
  /** What happens to traffic of a pod that a policy of this tier selects, when no rule matched. */
  readonly unmatched: 'next' | 'deny';
}

export interface Policy {
  readonly ref: Ref;
  readonly tier: TierName;
  /** Lower comes first. NetworkPolicies all have 0: their rules are a union. */
  readonly priority: number;
  /** Which pods the policy is about; undefined when the object names none in a form that is known. */
  readonly subject: PodsPeer | undefined;
  /** Whether the policy has a say in a direction. A NetworkPolicy that has, and has no rules, isolates. */
  readonly affects: Readonly<Record<Direction, boolean>>;
  /** Rules in their order; none for a direction that is not affected. */
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
  /** Set when the policy was not judged. */
  readonly unjudged?: Unjudged;
}

/** Why a policy was not judged: a family without an evaluator, or policies that could not be read. */
export interface Unjudged {
  readonly why: 'family' | 'notSeen';
  readonly reason: string;
}

export interface Rule {
  /** Position in the object's list, from 0. */
  readonly index: number;
  readonly name?: string;
  readonly action: Action;
  /** `any` includes addresses outside the cluster. */
  readonly peers: readonly Peer[] | 'any';
  readonly ports: RulePorts;
  /** The rule has a part that this version does not know and was read as the API asks: see `admin-peers.ts`. */
  readonly failClosed?: boolean;
}

export interface RulePorts {
  /** Ports given by number; `ALL_PORTS` when the rule has no port list. */
  readonly fixed: PortSet;
  /** Ports given by name; each stands for what the destination pod calls so. */
  readonly named: readonly NamedPort[];
}

export interface NamedPort {
  readonly name: string;
  /** Undefined: any protocol (AdminNetworkPolicy `namedPort`, ClusterNetworkPolicy `destinationNamedPort`). */
  readonly protocol: Protocol | undefined;
}

export type Peer = PodsPeer | BlockPeer | NodesPeer | DomainsPeer;

/** Pods by labels of pod and namespace. A fixed `namespace` is the policy's own. */
export interface PodsPeer {
  readonly type: 'pods';
  readonly namespace: string | undefined;
  /** Undefined when `namespace` says it. */
  readonly namespaceSelector: LabelSelector | undefined;
  readonly podSelector: LabelSelector;
  /**
   * Whether host-networked pods can be meant. NetworkPolicy v1 leaves it undefined; the policy.networking.k8s.io kinds
   * exclude them.
   */
  readonly hostNetwork: 'undefined' | 'excluded';
  /** Set where it is not sure that a network of its own keeps those who are meant apart: no label decides it. */
  readonly apart?: Apart;
}

/** The namespace with a network of its own, and why it is not sure that others are kept out. */
export interface Apart {
  readonly namespace: string;
  readonly why: 'sharing' | 'servicesOnly' | 'openPorts';
}

/** Addresses. `range` is undefined when the text is no CIDR block; such a peer matches nothing. */
export interface BlockPeer {
  readonly type: 'block';
  readonly cidr: string;
  readonly range: AddressRange | undefined;
  readonly except: readonly { readonly cidr: string; readonly range: AddressRange }[];
}

/** Nodes by label, met by the addresses in their status. */
export interface NodesPeer {
  readonly type: 'nodes';
  readonly selector: LabelSelector;
}

/** Names outside the cluster; which addresses they stand for is not in the facts. */
export interface DomainsPeer {
  readonly type: 'domains';
  readonly names: readonly string[];
}

/** The rules of several policies for a direction. */
export function rulesIn(tiers: readonly Tier[], direction: Direction): readonly Rule[] {
  return tiers.flatMap(({ groups }) => groups.flatMap((group) => group.flatMap((policy) => policy[direction])));
}
