import type { LabelSelector } from '../../model/objects.ts';
import type { Service } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { Ref } from '../../model/refs.ts';
import { unitRef } from '../evaluate/explain-peer.ts';
import { type Candidate, farFrom, type Nearest, nearestTo } from '../evaluate/nearest.ts';
import { namedPort } from '../evaluate/side.ts';
import type { RuleName } from '../evaluate/verdict.ts';
import { isolating, type PolicyModel } from '../model.ts';
import { matchLabels } from '../rules/labels.ts';
import { matchNamespace, matchPods } from '../rules/match.ts';
import { formatPorts, hasPort, type Protocol, toPortRanges } from '../rules/port-set.ts';
import type { PodsPeer, Policy, Rule } from '../rules/rules.ts';
import { type DeclaredPort, namedPortsOf, type PodUnit } from '../rules/units.ts';
import { serviceTargets } from './service-targets.ts';

/** A rule that allows, selects the right pods, and still lets nobody in to the Service. */
export type NearMiss =
  /** No namespace, or no pod of the namespaces meant, meets a selector of the rule's peers. */
  | {
      readonly kind: 'peerMatchesNothing';
      readonly policy: Ref;
      readonly rule: RuleName;
      /** Position in the rule's peer list, from 0. */
      readonly peer: number;
      readonly on: 'namespace' | 'pod';
      readonly selector: LabelSelector;
      /** How many namespaces or pods were looked at. */
      readonly among: number;
      readonly nearest: readonly Nearest[];
      /** The peer has no namespaceSelector: it means pods of the policy's own namespace. */
      readonly local: boolean;
      /** Pods elsewhere that meet the pod selector: their namespaces lack the label. At most three. */
      readonly podsElsewhere: readonly Ref[];
    }
  /** The rule names the Service's port where policies see the target port. */
  | {
      readonly kind: 'servicePortInsteadOfTargetPort';
      readonly policy: Ref;
      readonly rule: RuleName;
      readonly protocol: Protocol;
      readonly servicePort: number;
      /** The pods' ports, ascending. */
      readonly targetPorts: readonly number[];
    }
  /** The rule names a port that some of the pods do not declare. */
  | {
      readonly kind: 'unknownPortName';
      readonly policy: Ref;
      readonly rule: RuleName;
      readonly portName: string;
      readonly pods: readonly Ref[];
      readonly protocol: Protocol | undefined;
      /** Named ports that these pods do declare. */
      readonly declared: readonly DeclaredPort[];
    }
  /** The rule opens other ports only. */
  | {
      readonly kind: 'otherPorts';
      readonly policy: Ref;
      readonly rule: RuleName;
      readonly protocol: Protocol;
      readonly targetPorts: readonly number[];
      readonly ports: string;
    };

export interface ServicePortName {
  readonly servicePort: number;
  readonly protocol: Protocol;
}

/**
 * Looks at every allow rule of every policy that selects a pod behind the Service. `shut` are the Service ports that
 * somebody cannot reach; a rule about other ports is no miss for those that are open. Without any there is no miss.
 */
export function nearMissesOf(
  model: PolicyModel,
  service: Service,
  pods: readonly Pod[],
  shut: readonly ServicePortName[],
): readonly NearMiss[] {
  if (shut.length === 0) return [];
  const selecting = new Map<Policy, PodUnit[]>();
  for (const pod of pods) {
    const unit = model.unitOf(pod);
    for (const { policy } of isolating(model, unit, 'ingress')) {
      const units = selecting.get(policy);
      if (units === undefined) selecting.set(policy, [unit]);
      else units.push(unit);
    }
  }
  const misses: NearMiss[] = [];
  for (const [policy, units] of selecting) {
    for (const rule of policy.ingress) {
      if (rule.action !== 'allow' || rule.failClosed === true) continue;
      misses.push(...peerMisses(model, policy, rule, units), ...portMisses(service, shut, policy, rule, units));
    }
  }
  return misses;
}

function ruleName({ index, name }: Rule): RuleName {
  return name === undefined ? { index } : { index, name };
}

function peerMisses(model: PolicyModel, policy: Policy, rule: Rule, own: readonly PodUnit[]): readonly NearMiss[] {
  if (rule.peers === 'any') return [];
  return rule.peers.flatMap((peer, at) => {
    const miss = peer.type === 'pods' ? peerMiss(model, peer, policy.ref.namespace, own) : undefined;
    if (miss === undefined) return [];
    return [{ kind: 'peerMatchesNothing', policy: policy.ref, rule: ruleName(rule), peer: at, ...miss } as const];
  });
}

type PeerMissFacts = Pick<
  Extract<NearMiss, { kind: 'peerMatchesNothing' }>,
  'on' | 'local' | 'selector' | 'among' | 'nearest' | 'podsElsewhere'
>;

/**
 * Undefined when the peer means a pod, or may mean one. Of what is equally near, that of the namespace `home` comes first;
 * pods that are asked are not meant to ask themselves.
 */
export function peerMiss(
  model: PolicyModel,
  peer: PodsPeer,
  home = '',
  asked: readonly PodUnit[] = [],
): PeerMissFacts | undefined {
  if (model.units.some((unit) => matchPods(peer, unit, model.context) !== 'no')) return undefined;
  const inNamespaces = model.units.filter((unit) => matchNamespace(peer, unit) !== 'no');
  const selector = peer.namespaceSelector;
  // A namespace that was only asked about by its name (one of the DNS servers, perhaps) is no namespace that is there.
  const inhabited = new Set(model.units.map((unit) => unit.namespace.name));
  const known = [...model.namespaces.values()].filter(({ name, labels }) => labels.complete || inhabited.has(name));
  if (selector !== undefined && !known.some(({ labels }) => matchLabels(selector, labels) !== 'no')) {
    const candidates = known.map(({ name, labels }): Candidate => ({ ref: { kind: 'Namespace', name }, labels }));
    const elsewhere = hasRequirements(peer.podSelector) ? fitting(model, peer.podSelector, home) : [];
    const nearest = nearestTo(selector, preferring(candidates, elsewhere), 3, home);
    return {
      on: 'namespace',
      local: false,
      selector,
      among: known.length,
      nearest,
      podsElsewhere: elsewhere.slice(0, 3).map(unitRef),
    };
  }
  const elsewhere = fitting(model, peer.podSelector, home);
  const candidates = distinctPods(inNamespaces.filter((unit) => !asked.includes(unit)));
  return {
    on: 'pod',
    local: selector === undefined,
    selector: peer.podSelector,
    among: inNamespaces.length,
    nearest: nearestTo(peer.podSelector, candidates, 3, home),
    podsElsewhere: elsewhere.slice(0, 3).map(unitRef),
  };
}

/** The pods that a selector meets wherever they are, those of namespaces called alike first. */
function fitting(model: PolicyModel, selector: LabelSelector, home: string): readonly PodUnit[] {
  return model.units
    .filter((unit) => matchLabels(selector, unit.labels) === 'yes')
    .sort((a, b) => farFrom(home, unitRef(a)) - farFrom(home, unitRef(b)));
}

function hasRequirements(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length > 0;
}

/** Namespaces that hold the pods meant are the ones that lost a label; others are looked at only without such. */
function preferring(candidates: readonly Candidate[], units: readonly PodUnit[]): readonly Candidate[] {
  const wanted = new Set(units.map((unit) => unit.namespace.name));
  const preferred = candidates.filter(({ ref }) => wanted.has(ref.name));
  return preferred.length > 0 ? preferred : candidates;
}

/** One pod for each set of labels: replicas say the same. */
function distinctPods(units: readonly PodUnit[]): readonly Candidate[] {
  const seen = new Map<string, Candidate>();
  for (const unit of units) {
    const key = JSON.stringify([unit.namespace.name, Object.entries(unit.labels.labels).sort()]);
    if (!seen.has(key)) seen.set(key, { ref: unitRef(unit), labels: unit.labels });
  }
  return [...seen.values()];
}

function declaredBy(units: readonly PodUnit[]): readonly DeclaredPort[] {
  const all = new Map(units.flatMap((unit) => namedPortsOf(unit.pod)).map((port) => [JSON.stringify(port), port]));
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
}

function portMisses(
  service: Service,
  shut: readonly ServicePortName[],
  policy: Policy,
  rule: Rule,
  units: readonly PodUnit[],
): readonly NearMiss[] {
  const base = { policy: policy.ref, rule: ruleName(rule) };
  const misses: NearMiss[] = [];
  for (const named of rule.ports.named) {
    const without = units.filter((unit) => namedPort(named, unit).length === 0);
    if (without.length === 0) continue;
    const { name: portName, protocol } = named;
    misses.push({
      kind: 'unknownPortName',
      ...base,
      portName,
      protocol,
      pods: without.map(unitRef),
      declared: declaredBy(without),
    });
  }
  const pods = units.map((unit) => unit.pod);
  for (const { servicePort, protocol, targets } of serviceTargets(service, pods)) {
    if (!shut.some((port) => port.servicePort === servicePort && port.protocol === protocol)) continue;
    const closed = targets.filter(({ pod, port }) => {
      const unit = units.find((other) => other.pod === pod);
      return port !== undefined && unit !== undefined && !opens(rule, unit, protocol, port);
    });
    if (closed.length === 0) continue;
    const targetPorts = [...new Set(closed.flatMap(({ port }) => port ?? []))].sort((a, b) => a - b);
    if (hasPort(rule.ports.fixed, protocol, servicePort) && !targetPorts.includes(servicePort)) {
      misses.push({ kind: 'servicePortInsteadOfTargetPort', ...base, protocol, servicePort, targetPorts });
    } else if (toPortRanges(rule.ports.fixed).length > 0) {
      misses.push({ kind: 'otherPorts', ...base, protocol, targetPorts, ports: formatPorts(rule.ports.fixed) });
    }
  }
  return misses;
}

function opens(rule: Rule, unit: PodUnit, protocol: Protocol, port: number): boolean {
  return (
    hasPort(rule.ports.fixed, protocol, port) ||
    rule.ports.named.some((named) => hasPort(namedPort(named, unit), protocol, port))
  );
}
