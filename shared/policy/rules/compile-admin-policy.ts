import type { KubeObject, LabelSelector } from '../../model/objects.ts';
import { blockPeer } from './compile-network-policy.ts';
import { ALL_PORTS, NO_PORTS, type PortSet, portRange, protocolOf, unionPorts } from './port-set.ts';
import type { Action, NamedPort, Peer, PodsPeer, Policy, Rule, RulePorts, Tier } from './rules.ts';
import type {
  AdminNetworkPolicy,
  AdminPeer,
  AdminPort,
  AdminRule,
  AdminSubject,
  BaselineAdminNetworkPolicy,
  ClusterNetworkPolicy,
  ClusterProtocol,
  ClusterRule,
} from './types.ts';

/** Compiles an AdminNetworkPolicy (policy.networking.k8s.io/v1alpha1). */
export function compileAdminNetworkPolicy(object: AdminNetworkPolicy): Policy {
  return compile(object, 'AdminNetworkPolicy', 'admin', object.spec?.priority ?? 0, adminPorts);
}

/**
 * Compiles a BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1). It has no priority; beside Baseline
 * ClusterNetworkPolicies, which no release serves together with it, it comes last.
 */
export function compileBaselineAdminNetworkPolicy(object: BaselineAdminNetworkPolicy): Policy {
  return compile(object, BASELINE, 'baseline', Number.MAX_SAFE_INTEGER, adminPorts);
}

/** Compiles a ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2). Undefined for a tier that is not known. */
export function compileClusterNetworkPolicy(object: ClusterNetworkPolicy): Policy | undefined {
  const tier = object.spec?.tier;
  if (tier !== 'Admin' && tier !== 'Baseline') return undefined;
  const name = tier === 'Admin' ? 'admin' : 'baseline';
  return compile(object, 'ClusterNetworkPolicy', name, object.spec?.priority ?? 0, clusterPorts);
}

/**
 * Policies of one tier by priority, lowest first. The API leaves open what two policies of equal priority do to traffic
 * that both match (spec.priority), so they share a group, and where they contradict each other the answer is `depends`.
 */
export function orderedTier(name: 'admin' | 'baseline', policies: readonly Policy[]): Tier {
  const byPriority = new Map<number, Policy[]>();
  for (const policy of policies) {
    const group = byPriority.get(policy.priority);
    if (group === undefined) byPriority.set(policy.priority, [policy]);
    else group.push(policy);
  }
  const groups = [...byPriority].sort(([a], [b]) => a - b).map(([, group]) => group);
  return { name, groups, unmatched: 'next' };
}

const BASELINE = 'BaselineAdminNetworkPolicy';

type AnyRule = AdminRule & ClusterRule;

interface AnyAdminPolicy extends KubeObject {
  readonly spec?: {
    readonly subject?: AdminSubject;
    readonly ingress?: readonly (AnyRule | null)[] | null;
    readonly egress?: readonly (AnyRule | null)[] | null;
  };
}

/** Undefined: the peer is of a kind that is not known. */
type ReadPeer = (peer: AdminPeer | null) => readonly Peer[] | undefined;

/** Undefined: a part of the ports is of a kind that is not known. */
type ReadPorts = (rule: AnyRule) => RulePorts | undefined;

function compile(
  object: AnyAdminPolicy,
  kind: string,
  tier: 'admin' | 'baseline',
  priority: number,
  ports: ReadPorts,
): Policy {
  const { ingress, egress, subject } = object.spec ?? {};
  return {
    ref: { kind, name: object.metadata?.name ?? '' },
    tier,
    priority,
    // spec.subject: "Exactly one field must be set. Note that host-networked pods are not included in subject selection."
    subject: podsPeer(subject?.namespaces, subject?.pods),
    // "ANPs with no ingress rules do not affect ingress traffic."
    affects: { ingress: (ingress ?? []).length > 0, egress: (egress ?? []).length > 0 },
    ingress: compileRules(ingress ?? [], (rule) => rule.from, insidePeer, ports),
    egress: compileRules(egress ?? [], (rule) => rule.to, kind === BASELINE ? addressPeer : egressPeer, ports),
  };
}

function compileRules(
  rules: readonly (AnyRule | null)[],
  peersOf: (rule: AnyRule) => readonly (AdminPeer | null)[] | null | undefined,
  readPeer: ReadPeer,
  ports: ReadPorts,
): readonly Rule[] {
  return rules.flatMap((rule, index) =>
    rule === null ? [] : (compileRule(rule, index, (peersOf(rule) ?? []).map(readPeer), ports(rule)) ?? []),
  );
}

function compileRule(
  rule: AnyRule,
  index: number,
  peers: readonly (readonly Peer[] | undefined)[],
  ports: RulePorts | undefined,
): Rule | undefined {
  const action = ACTIONS[rule.action ?? ''];
  if (action === undefined) return undefined;
  const named = rule.name === undefined || rule.name === '' ? {} : { name: rule.name };
  if (ports === undefined || peers.includes(undefined)) return { index, ...named, ...failClosed(action) };
  return { index, ...named, action, peers: peers.flatMap((peer) => peer ?? []), ports };
}

/**
 * A peer or port without a known field: "For Accept rules, fail closed means: treat the rule as matching no traffic. For
 * Deny and Pass rules, fail closed means: treat the rule as a 'Deny all' rule" (ClusterNetworkPolicyIngressPeer).
 */
function failClosed(action: Action): Pick<Rule, 'action' | 'peers' | 'ports' | 'failClosed'> {
  if (action === 'allow') return { action, peers: [], ports: EVERY_PORT, failClosed: true };
  return { action: 'deny', peers: 'any', ports: EVERY_PORT, failClosed: true };
}

const ACTIONS: Readonly<Record<string, Action>> = { Allow: 'allow', Accept: 'allow', Deny: 'deny', Pass: 'pass' };

const EVERY_PORT: RulePorts = { fixed: ALL_PORTS, named: [] };

/** Peers of ingress rules (AdminNetworkPolicyIngressPeer): pods alone. */
function insidePeer(peer: AdminPeer | null): readonly Peer[] | undefined {
  const pods = podsPeer(peer?.namespaces, peer?.pods);
  return pods === undefined ? undefined : [pods];
}

/**
 * Peers of egress rules, in a baseline all of them (BaselineAdminNetworkPolicyEgressPeer). One peer of the API can hold
 * several CIDR blocks, so it becomes several peers, which are alternatives anyway.
 */
function addressPeer(peer: AdminPeer | null): readonly Peer[] | undefined {
  if (peer?.networks) return peer.networks.map((cidr) => blockPeer(cidr, []));
  if (peer?.nodes) return [{ type: 'nodes', selector: peer.nodes }];
  return insidePeer(peer);
}

/** Peers of egress rules that may be names outside the cluster too (AdminNetworkPolicyEgressPeer). */
function egressPeer(peer: AdminPeer | null): readonly Peer[] | undefined {
  return peer?.domainNames ? [{ type: 'domains', names: peer.domainNames }] : addressPeer(peer);
}

function podsPeer(namespaces: LabelSelector | null | undefined, pods: AdminSubject['pods']): PodsPeer | undefined {
  const host = { type: 'pods', namespace: undefined, hostNetwork: 'excluded' } as const;
  if (namespaces) return { ...host, namespaceSelector: namespaces, podSelector: {} };
  if (pods) return { ...host, namespaceSelector: pods.namespaceSelector ?? {}, podSelector: pods.podSelector ?? {} };
  return undefined;
}

/** AdminNetworkPolicyPort. "If Ports is not set then the rule does not filter traffic via port." */
function adminPorts({ ports }: AnyRule): RulePorts | undefined {
  return readPorts(ports ?? [], (port: AdminPort) => {
    if (port.namedPort) return { name: port.namedPort, protocol: undefined };
    if (port.portNumber) return numbers(port.portNumber.protocol, port.portNumber.port, port.portNumber.port);
    if (port.portRange) return numbers(port.portRange.protocol, port.portRange.start, port.portRange.end);
    return undefined;
  });
}

/** ClusterNetworkPolicyProtocol: tcp, udp, sctp with a number or a range, or a named port of any protocol. */
function clusterPorts({ protocols }: AnyRule): RulePorts | undefined {
  return readPorts(protocols ?? [], (entry: ClusterProtocol) => {
    if (entry.destinationNamedPort) return { name: entry.destinationNamedPort, protocol: undefined };
    for (const [protocol, ports] of [
      ['TCP', entry.tcp],
      ['UDP', entry.udp],
      ['SCTP', entry.sctp],
    ] as const) {
      const { number, range } = ports?.destinationPort ?? {};
      if (number !== undefined) return numbers(protocol, number, number);
      if (range !== undefined) return numbers(protocol, range.start, range.end);
    }
    return undefined;
  });
}

function readPorts<T>(
  entries: readonly (T | null)[],
  read: (entry: T) => PortSet | NamedPort | undefined,
): RulePorts | undefined {
  if (entries.length === 0) return EVERY_PORT;
  let fixed: PortSet = NO_PORTS;
  const named: NamedPort[] = [];
  for (const entry of entries) {
    const one = entry === null ? undefined : read(entry);
    if (one === undefined) return undefined;
    if ('name' in one) named.push(one);
    else fixed = unionPorts(fixed, one);
  }
  return { fixed, named };
}

function numbers(protocolName: string | undefined, from: number | undefined, to: number | undefined): PortSet {
  const protocol = protocolOf(protocolName);
  if (protocol === undefined || from === undefined || to === undefined) return NO_PORTS;
  return portRange(protocol, from, to);
}
