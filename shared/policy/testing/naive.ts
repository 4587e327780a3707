/**
 * The specification once more, written to be obviously right and nothing else: one pair, one port, one rule after the
 * other, from the API objects themselves, without classes, sets of ports or compiled rules. The evaluator is compared
 * with it on random clusters. It shares no code with it but types and constants.
 */
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { PolicyFacts } from '../model.ts';
import type { AdminPeer, AdminPort, AdminRule, AdminSubject, ClusterProtocol, ClusterRule } from '../rules/types.ts';
import {
  addressesOf,
  and,
  bordersIn,
  familyOf,
  holds,
  hosted,
  inBlock,
  type NaiveEnd,
  named,
  namespaceHolds,
  or,
  type Question,
  type Truth,
} from './naive-match.ts';

type End = 'allow' | 'deny';
type Step = End | 'next';

/** What the specification says of one pair and port, read rule by rule without any table. */
export function naiveAnswer(
  facts: PolicyFacts,
  from: NaiveEnd,
  to: NaiveEnd,
  protocol: string,
  port: number,
): 'yes' | 'no' | 'depends' {
  if (finished(from) || finished(to)) return 'no';
  if (from === to) return 'yes';
  const ends = new Set<End>();
  for (const family of commonFamilies(from, to)) {
    const question: Question = { facts, from, to, protocol, port, family };
    const out = typeof from === 'string' ? new Set<End>(['allow']) : sideOf(question, 'egress', from, to);
    const into = typeof to === 'string' ? new Set<End>(['allow']) : sideOf(question, 'ingress', to, from);
    if (out.has('allow') && into.has('allow')) ends.add('allow');
    if (out.has('deny') || into.has('deny')) ends.add('deny');
  }
  return ends.size === 2 ? 'depends' : ends.has('allow') ? 'yes' : 'no';
}

type Side = 'ingress' | 'egress';

function finished(end: NaiveEnd): boolean {
  return typeof end !== 'string' && (end.status?.phase === 'Succeeded' || end.status?.phase === 'Failed');
}

function commonFamilies(from: NaiveEnd, to: NaiveEnd): readonly (string | undefined)[] {
  const has = (end: NaiveEnd, family: string): boolean =>
    addressesOf(end).length === 0 || addressesOf(end).some((address) => familyOf(address) === family);
  const common = ['v4', 'v6'].filter((family) => has(from, family) && has(to, family));
  return common.length === 0 ? [undefined] : common;
}

/** Which ends are possible on the side of `subject`. A pod whose address is not known may have any. */
function sideOf(question: Question, direction: Side, subject: Pod, other: NaiveEnd): ReadonlySet<End> {
  if (typeof other === 'string' || addressesOf(other).length > 0) return side(question, direction, subject, other);
  return new Set(
    bordersIn(question.facts).flatMap((ip) => {
      const placed: Pod = { ...other, status: { ...other.status, podIPs: [{ ip }] } };
      return [...side(question, direction, subject, placed)];
    }),
  );
}

/** Which ends are possible when the address of the other is what it is. */
function side(question: Question, direction: Side, subject: Pod, other: NaiveEnd): ReadonlySet<End> {
  const ends = new Set<End>();
  if (sameNode(subject, other)) ends.add('allow');
  let going = true;
  for (const tier of [adminTier, namespaceTier, baselineTier]) {
    const steps: ReadonlySet<Step> = tier(question, direction, subject, other);
    if (steps.has('allow')) ends.add('allow');
    if (steps.has('deny')) ends.add('deny');
    going = steps.has('next');
    if (!going) break;
  }
  if (going) ends.add('allow');
  return ends;
}

/** A host-networked pod of the pod's own node can pass for the node, from and to which everything is allowed. */
function sameNode(subject: Pod, other: NaiveEnd): boolean {
  if (typeof other === 'string' || other.spec?.hostNetwork !== true) return false;
  return (subject.spec?.nodeName ?? '') !== '' && subject.spec?.nodeName === other.spec.nodeName;
}

// ---------------------------------------------------------------- NetworkPolicy

function namespaceTier(question: Question, direction: Side, subject: Pod, other: NaiveEnd): ReadonlySet<Step> {
  let selected: Truth = 0;
  let allowed: Truth = 0;
  for (const policy of question.facts.networkPolicies ?? []) {
    if (policy.metadata?.namespace !== subject.metadata?.namespace || !affects(policy, direction)) continue;
    const selects = holds(policy.spec?.podSelector ?? {}, subject.metadata?.labels ?? {}, true);
    selected = or(selected, selects);
    for (const rule of (direction === 'ingress' ? policy.spec?.ingress : policy.spec?.egress) ?? []) {
      const peers =
        (rule as { from?: NetworkPolicyPeer[]; to?: NetworkPolicyPeer[] }).from ??
        (rule as { to?: NetworkPolicyPeer[] }).to ??
        [];
      const ports = rule.ports ?? [];
      const peer: Truth =
        peers.length === 0 ? 2 : peers.map((one) => npPeer(question, policy, one, other)).reduce(or, 0);
      const port: Truth = ports.length === 0 || ports.some((one) => npPort(question, one)) ? 2 : 0;
      allowed = or(allowed, and(selects, and(peer, port)));
    }
  }
  const steps = new Set<Step>();
  if (allowed > 0) steps.add('allow');
  if (allowed < 2 && selected > 0) steps.add('deny');
  // Of a pod on the host network either all of these policies count, or none does.
  if (selected < 2 || subject.spec?.hostNetwork === true) steps.add('next');
  return steps;
}

function affects(policy: NetworkPolicy, direction: Side): boolean {
  const types = policy.spec?.policyTypes ?? [];
  if (types.length > 0) return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
  return direction === 'ingress' || (policy.spec?.egress ?? []).length > 0;
}

function npPeer(question: Question, policy: NetworkPolicy, peer: NetworkPolicyPeer, other: NaiveEnd): Truth {
  if (peer.ipBlock) {
    if (peer.podSelector || peer.namespaceSelector) return 0;
    return inBlock(question, other, peer.ipBlock.cidr ?? '', peer.ipBlock.except ?? []);
  }
  if (typeof other === 'string') return 0;
  if (!peer.podSelector && !peer.namespaceSelector) return 0;
  const own: Truth = other.metadata?.namespace === policy.metadata?.namespace ? 2 : 0;
  const namespace = peer.namespaceSelector ? namespaceHolds(question.facts, peer.namespaceSelector, other) : own;
  const pod = holds(peer.podSelector ?? {}, other.metadata?.labels ?? {}, true);
  return hosted(other, and(namespace, pod));
}

function npPort({ protocol, port, to }: Question, entry: NetworkPolicyPort): boolean {
  if ((entry.protocol ?? 'TCP') !== protocol) return false;
  // The API refuses a range that does not begin with a number; it opens nothing.
  if (entry.endPort !== undefined && typeof entry.port !== 'number') return false;
  if (entry.port === undefined) return true;
  if (typeof entry.port === 'string') return typeof to !== 'string' && named(to, entry.port, protocol).includes(port);
  return port >= entry.port && port <= (entry.endPort ?? entry.port);
}

// ---------------------------------------------------------------- AdminNetworkPolicy and its kin

interface AnyPolicy {
  readonly priority: number;
  readonly subject: AdminSubject | undefined;
  readonly rules: readonly (AdminRule & ClusterRule)[];
  /** AdminNetworkPolicy and ClusterNetworkPolicy know it in egress, a baseline does not. */
  readonly knowsDomains: boolean;
}

function adminTier(question: Question, direction: Side, subject: Pod, other: NaiveEnd): ReadonlySet<Step> {
  const { adminNetworkPolicies = [], clusterNetworkPolicies = [] } = question.facts;
  const cluster = clusterNetworkPolicies.filter((policy) => policy.spec?.tier === 'Admin');
  const all = [...adminNetworkPolicies, ...cluster].map(({ spec }) => ({
    priority: spec?.priority ?? 0,
    subject: spec?.subject,
    rules: (direction === 'ingress' ? spec?.ingress : spec?.egress) ?? [],
    knowsDomains: true,
  }));
  return byPriority(question, all, subject, other);
}

function baselineTier(question: Question, direction: Side, subject: Pod, other: NaiveEnd): ReadonlySet<Step> {
  const { baselineAdminNetworkPolicies = [], clusterNetworkPolicies = [] } = question.facts;
  const pick = (spec: { ingress?: unknown; egress?: unknown } | undefined): AnyPolicy['rules'] =>
    ((direction === 'ingress' ? spec?.ingress : spec?.egress) ?? []) as AnyPolicy['rules'];
  const cluster = clusterNetworkPolicies
    .filter((policy) => policy.spec?.tier === 'Baseline')
    .map(({ spec }) => ({
      priority: spec?.priority ?? 0,
      subject: spec?.subject,
      rules: pick(spec),
      knowsDomains: true,
    }));
  const last = baselineAdminNetworkPolicies.map(({ spec }) => ({
    priority: 1e9,
    subject: spec?.subject,
    rules: pick(spec),
    knowsDomains: false,
  }));
  return byPriority(question, [...cluster, ...last], subject, other);
}

function byPriority(
  question: Question,
  policies: readonly AnyPolicy[],
  subject: Pod,
  other: NaiveEnd,
): ReadonlySet<Step> {
  const steps = new Set<Step>();
  let passes = false;
  for (const priority of [...new Set(policies.map((policy) => policy.priority))].sort((a, b) => a - b)) {
    // Of equals any may act: traffic goes on only when all of them let it go on.
    const equals = policies
      .filter((policy) => policy.priority === priority)
      .map((policy) => firstRule(question, policy, subject, other, 0));
    for (const ends of equals) {
      if (ends.has('allow')) steps.add('allow');
      if (ends.has('deny')) steps.add('deny');
      if (ends.has('pass')) passes = true;
    }
    if (!equals.every((ends) => ends.has('on'))) {
      if (passes) steps.add('next');
      return steps;
    }
  }
  steps.add('next');
  return steps;
}

type RuleEnd = 'allow' | 'deny' | 'pass' | 'on';

/** What the rules from `index` on can come to. A match that is not sure goes both ways. */
function firstRule(
  question: Question,
  policy: AnyPolicy,
  subject: Pod,
  other: NaiveEnd,
  index: number,
): ReadonlySet<RuleEnd> {
  const rule = policy.rules[index];
  if (rule === undefined) return new Set(['on']);
  const { matched, action } = adminRule(question, rule, policy.knowsDomains, other);
  const sure = and(matched, selectsPod(question.facts, policy.subject, subject));
  const ends = new Set<RuleEnd>();
  if (sure > 0) ends.add(action);
  if (sure < 2) for (const end of firstRule(question, policy, subject, other, index + 1)) ends.add(end);
  return ends;
}

function adminRule(
  question: Question,
  rule: AdminRule & ClusterRule,
  knowsDomains: boolean,
  other: NaiveEnd,
): { readonly matched: Truth; readonly action: 'allow' | 'deny' | 'pass' } {
  const action = rule.action === 'Deny' ? 'deny' : rule.action === 'Pass' ? 'pass' : 'allow';
  const peers = rule.from ?? rule.to ?? [];
  const unknownPeer = peers.some((peer) => {
    if (peer.namespaces || peer.pods) return false;
    // Ingress rules have no other peers.
    return !rule.to || (!peer.nodes && !peer.networks && !(knowsDomains && peer.domainNames));
  });
  const ports: readonly (boolean | undefined)[] = [
    ...(rule.ports ?? []).map((port) => adminPort(question, port)),
    ...(rule.protocols ?? []).map((port) => clusterPort(question, port)),
  ];
  // Fail closed: an Accept rule matches nothing, the others deny all.
  if (unknownPeer || ports.includes(undefined)) {
    return action === 'allow' ? { matched: 0, action } : { matched: 2, action: 'deny' };
  }
  const peer = peers.map((one) => adminPeer(question, one, other)).reduce(or, 0 as Truth);
  return { matched: and(peer, ports.length === 0 || ports.includes(true) ? 2 : 0), action };
}

function selectsPod(facts: PolicyFacts, subject: AdminSubject | undefined, pod: Pod): Truth {
  if (pod.spec?.hostNetwork === true || (!subject?.namespaces && !subject?.pods)) return 0;
  if (subject.namespaces) return namespaceHolds(facts, subject.namespaces, pod);
  const namespace = namespaceHolds(facts, subject.pods?.namespaceSelector ?? {}, pod);
  return and(namespace, holds(subject.pods?.podSelector ?? {}, pod.metadata?.labels ?? {}, true));
}

function adminPeer(question: Question, peer: AdminPeer, other: NaiveEnd): Truth {
  if (peer.networks) return peer.networks.map((cidr) => inBlock(question, other, cidr, [])).reduce(or, 0 as Truth);
  if (peer.domainNames) return typeof other === 'string' ? 1 : 0;
  if (typeof other === 'string') return 0;
  if (peer.nodes) {
    if (other.spec?.hostNetwork !== true) return 0;
    const found = (question.facts.nodes ?? []).find((node) => node.metadata?.name === other.spec?.nodeName);
    return holds(peer.nodes, found?.metadata?.labels ?? {}, found !== undefined);
  }
  return selectsPod(question.facts, peer, other);
}

/** Undefined for an entry without a known field. */
function adminPort({ protocol, port, to }: Question, entry: AdminPort): boolean | undefined {
  if (entry.namedPort !== undefined)
    return typeof to !== 'string' && named(to, entry.namedPort, protocol).includes(port);
  if (entry.portNumber) return (entry.portNumber.protocol ?? 'TCP') === protocol && entry.portNumber.port === port;
  if (!entry.portRange) return undefined;
  const { protocol: wanted = 'TCP', start = 0, end = 0 } = entry.portRange;
  return wanted === protocol && start <= port && port <= end;
}

function clusterPort({ protocol, port, to }: Question, entry: ClusterProtocol): boolean | undefined {
  if (entry.destinationNamedPort !== undefined) {
    return typeof to !== 'string' && named(to, entry.destinationNamedPort, protocol).includes(port);
  }
  const [name, ports] = entry.tcp ? ['TCP', entry.tcp] : entry.udp ? ['UDP', entry.udp] : ['SCTP', entry.sctp];
  const { number, range } = ports?.destinationPort ?? {};
  if (number !== undefined) return name === protocol && number === port;
  if (range === undefined) return undefined;
  return name === protocol && (range.start ?? 0) <= port && port <= (range.end ?? 0);
}
