/** The shapes of answers: plain data with references, numbers and codes. Words belong to the plugins. */
import type { Ref } from '../../model/refs.ts';
import type { Miss } from '../rules/labels.ts';
import type { Protocol } from '../rules/port-set.ts';
import type { Action, Apart, Direction, NamedPort, Peer, TierName, Tri, Unjudged } from '../rules/rules.ts';

/** `depends`: the facts, or the specification, do not decide; `reasons` say what is missing. */
export type Answer = 'yes' | 'no' | 'depends';

export interface Verdict {
  readonly answer: Answer;
  /** Why the answer is not simply read off the rules; empty when it is. */
  readonly reasons: readonly Reason[];
  readonly egress: SideWalk;
  readonly ingress: SideWalk;
}

export interface PortQuestion {
  readonly protocol: Protocol;
  readonly port: number;
  /** Judge one address family only, such as that of a Service; else both are judged where both ends have both. */
  readonly family?: 4 | 6;
}

export type Reason =
  /** A pod on the host network: plugins differ in whether policies see it as a pod or as its node. */
  | { readonly code: 'hostNetwork'; readonly pod: Ref }
  /** "Traffic to and from the node where a Pod is running is always allowed" (kubelet probes need it). */
  | { readonly code: 'nodeLocal'; readonly node: string }
  /** One pod talking to itself: policies cannot block it. */
  | { readonly code: 'self' }
  /** Succeeded or Failed: nothing sends or listens any more. */
  | { readonly code: 'podFinished'; readonly pod: Ref }
  /** Let in or kept out by an address block that holds the pod: true if no NAT changes the address on the way. */
  | { readonly code: 'addressKept'; readonly cidr: string; readonly pod: Ref }
  /** The Namespace object was not in the facts, so its labels are not known. */
  | { readonly code: 'namespaceLabelsUnknown'; readonly namespace: string }
  | { readonly code: 'nodeLabelsUnknown'; readonly node: string }
  /** An address block is asked about a pod or node that has no address yet. */
  | { readonly code: 'noAddress'; readonly endpoint: Ref; readonly cidr: string }
  /** One of the endpoint's addresses is in the block and another is not. */
  | { readonly code: 'someAddresses'; readonly endpoint: Ref; readonly cidr: string }
  /** The rule names domains; which addresses they have is known only while traffic flows. */
  | { readonly code: 'domainNames'; readonly names: readonly string[] }
  /** Policies of equal priority contradict each other. */
  | { readonly code: 'samePriority'; readonly policies: readonly Ref[] }
  /** The namespace is on a network of its own, which keeps others out unless they share it. */
  | ({ readonly code: 'networkApart' } & Apart)
  /** Policies of a family that is not judged here (Calico, Cilium), or a list that could not be read. */
  | ({ readonly code: 'notJudged'; readonly policies: readonly Ref[]; readonly pod: Ref } & Unjudged)
  /** Over one address family the answer is another than over the other. */
  | { readonly code: 'family'; readonly ipv4: Answer; readonly ipv6: Answer }
  /** The answer differs within the address range that was asked about. */
  | { readonly code: 'partOfRange'; readonly parts: readonly RangePart[] }
  /** The address asked about belongs to this object, which was judged instead. */
  | { readonly code: 'addressIs'; readonly address: string; readonly object: Ref }
  /** Nothing enforces policies here, so what they deny passes all the same. */
  | { readonly code: 'notEnforced'; readonly by: string }
  /** Whether anything enforces policies here could not be seen. */
  | { readonly code: 'enforcementUnknown' };

export interface RangePart {
  readonly answer: Answer;
  /** `first-last`. */
  readonly ranges: readonly string[];
}

/** One side of a connection: what the policies of the sender (egress) or of the receiver (ingress) say. */
export interface SideWalk {
  readonly direction: Direction;
  readonly answer: Answer;
  /** The pod whose side this is; undefined for nodes and addresses, which have no policies. */
  readonly subject: Ref | undefined;
  /** What decided. Several policies for a denial by isolation: all that select the pod and allow nothing here. */
  readonly decision: Decision;
  /** Tiers in order, up to the one that decided. */
  readonly tiers: readonly TierWalk[];
}

export type Decision =
  /** No policy selects the endpoint for this direction, or none of them said anything. */
  | { readonly by: 'default' }
  /** A pod talking to itself or with its own node. */
  | { readonly by: 'exempt' }
  | { readonly by: 'rule'; readonly action: 'allow' | 'deny'; readonly policy: Ref; readonly rule: RuleName }
  /** Isolated by these NetworkPolicies, none of whose rules matches. */
  | { readonly by: 'isolation'; readonly policies: readonly Ref[] }
  /** Not decided; `reasons` of the verdict say why. */
  | { readonly by: 'nothing' };

export interface RuleName {
  /** From 0. */
  readonly index: number;
  readonly name?: string;
}

export interface TierWalk {
  readonly tier: TierName;
  /** `next`: no policy selects the pod, no rule matched, or a Pass rule matched. */
  readonly outcome: 'allow' | 'deny' | 'next' | 'depends';
  /** Policies that select the pod for this direction, in their order. */
  readonly policies: readonly PolicyWalk[];
}

export interface PolicyWalk {
  readonly policy: Ref;
  /** Never `no`. `maybe` for a host-networked pod or unknown namespace labels. */
  readonly selects: Tri;
  readonly priority: number;
  /** Rules up to the first that surely matched. Empty for a policy without rules, and for one that is not judged. */
  readonly rules: readonly RuleWalk[];
  readonly unjudged?: Unjudged;
}

export interface RuleWalk extends RuleName {
  readonly action: Action;
  /** Peers and ports together. */
  readonly matched: Tri;
  /** `any` when the rule has no peer list. */
  readonly peers: readonly PeerWalk[] | 'any';
  readonly ports: PortWalk;
  readonly failClosed?: boolean;
}

export interface PeerWalk {
  readonly peer: Peer;
  readonly matched: Tri;
  /** What keeps the peer from matching; empty when it matches. */
  readonly misses: readonly PeerMiss[];
  /** What leaves the match open. */
  readonly doubts: readonly Reason[];
}

export type PeerMiss =
  | ({ readonly what: 'podLabel'; readonly pod: Ref } & Miss)
  | ({ readonly what: 'namespaceLabel'; readonly namespace: string } & Miss)
  | ({ readonly what: 'nodeLabel'; readonly node: string } & Miss)
  /** A podSelector alone means pods of the policy's own namespace. */
  | { readonly what: 'otherNamespace'; readonly wanted: string; readonly found: string }
  | { readonly what: 'outsideBlock'; readonly cidr: string; readonly addresses: readonly string[] }
  | { readonly what: 'inExcept'; readonly cidr: string; readonly except: string; readonly addresses: readonly string[] }
  | { readonly what: 'notACidr'; readonly cidr: string }
  /** The peer means pods (or nodes) and the endpoint is none. */
  | { readonly what: 'notAPod' }
  | { readonly what: 'notANode' }
  | { readonly what: 'notOutside' }
  /** The specification excludes host-networked pods here, or the plugin sees them as nodes. */
  | { readonly what: 'hostNetwork'; readonly pod: Ref }
  /** This plugin does not compare address blocks with pods. */
  | { readonly what: 'blockNotForPods'; readonly cidr: string };

export interface PortWalk {
  readonly matched: boolean;
  /** What the rule's ports come to for this destination: `TCP 80, TCP 8080`. */
  readonly text: string;
  /** Port names of the rule with the numbers that the destination gives them; none when it has no such name. */
  readonly named: readonly (NamedPort & { readonly numbers: readonly number[] })[];
}
