import type { Pod, Service } from '../model/objects.ts';
import type { Ref } from '../model/refs.ts';
import { formatRange, wholeFamily } from './addresses.ts';
import { eitherOf, OPEN, type SideSets } from './decide.ts';
import { familiesOf, inFamily } from './evaluate.ts';
import { unitRef } from './explain-peer.ts';
import { matchPeer } from './match.ts';
import { isolating, type PolicyModel, tiersOf } from './model.ts';
import { type NearMiss, nearMissesOf } from './near-misses.ts';
import { formatPorts, hasPort, type Protocol } from './port-set.ts';
import { blocksOf, splitRange } from './range-parts.ts';
import type { Action, Peer, Policy, Rule, TierName, Tri } from './rules.ts';
import { type ServicePortTargets, serviceTargets } from './service-targets.ts';
import { sideSets } from './side.ts';
import type { PodUnit, Unit } from './units.ts';
import type { RuleName } from './verdict.ts';

/** Who is let in to a Service by the ingress policies of the pods behind it. Egress policies of callers come on top. */
export interface ServiceAccess {
  readonly service: Ref;
  /** The pods that were judged. */
  readonly pods: readonly Ref[];
  /** Those of them that a NetworkPolicy surely isolates for ingress. */
  readonly isolated: readonly Ref[];
  /** Policies that select at least one of the pods for ingress, in their order of evaluation. */
  readonly policies: readonly AccessPolicy[];
  readonly ports: readonly AccessPort[];
  /** Rules that would let in if a label or a port were another; empty where all ports let in pods from everywhere. */
  readonly nearMisses: readonly NearMiss[];
}

export interface AccessPolicy {
  readonly policy: Ref;
  readonly tier: TierName;
  /** Set for policies that exist and could not be judged. */
  readonly unjudged?: Policy['unjudged'];
  readonly selects: readonly Ref[];
  /** Selected perhaps: host-networked pods, unknown namespace labels. */
  readonly maySelect: readonly Ref[];
  readonly rules: readonly AccessRule[];
}

export interface AccessRule extends RuleName {
  readonly action: Action;
  /** `any`: the rule has no peer list. */
  readonly peers: readonly AccessPeer[] | 'any';
  /** The rule's ports as text, with names resolved for the first selected pod. */
  readonly ports: string;
}

export interface AccessPeer {
  readonly peer: Peer;
  /** Pods of the facts that the peer means, and perhaps means. */
  readonly pods: number;
  readonly maybe: number;
}

export interface AccessPort {
  readonly servicePort: number;
  readonly name: string | undefined;
  readonly protocol: Protocol;
  readonly targetPort: number | string;
  /** Pods that do not declare the named target port; nothing can be said about them. */
  readonly unresolved: readonly Ref[];
  /** Other pods of the Service's namespace, the pods behind the Service among them. */
  readonly sameNamespace: Reach;
  readonly otherNamespaces: Reach;
  readonly outside: OutsideReach;
  /** Whether there is any source at all. */
  readonly anySource: Tri;
}

/** Sources by what becomes of their traffic: let in to all of the pods, to some of them, to none, or not decided. */
export interface Reach {
  readonly total: number;
  readonly all: number;
  readonly some: number;
  readonly none: number;
  readonly depends: number;
  /** A few of each, to name. */
  readonly examples: { readonly all: readonly Ref[]; readonly some: readonly Ref[]; readonly none: readonly Ref[] };
}

/** Addresses outside the cluster. `some`: part of them, or to part of the pods. */
export interface OutsideReach {
  readonly reach: 'all' | 'some' | 'none' | 'depends';
  /** Address ranges that are let in to all pods, as `first-last`; left out when `reach` is `all`. */
  readonly ranges: readonly string[];
}

const EXAMPLES = 3;

/** Judges the ingress side of a Service. `pods` are the pods behind it (`selectedPods`, or those of its endpoints). */
export function serviceAccess(model: PolicyModel, service: Service, pods: readonly Pod[]): ServiceAccess {
  const units = pods.map((pod) => model.unitOf(pod));
  const namespace = service.metadata?.namespace || 'default';
  const isolated = units.filter((unit) =>
    isolating(model, unit, 'ingress').some(
      ({ policy, selects }) => policy.tier === 'networkPolicy' && selects === 'yes',
    ),
  );
  const judge = sharedJudge(model);
  const ports = serviceTargets(service, pods).map((port) => accessPort(model, judge, namespace, port));
  const policies = accessPolicies(model, units);
  const shut = ports.filter((port) => port.sameNamespace.all === 0 || port.otherNamespaces.all === 0);
  return {
    service: { kind: 'Service', namespace, name: service.metadata?.name ?? '' },
    pods: units.map(unitRef),
    isolated: isolated.map(unitRef),
    policies,
    ports,
    nearMisses: nearMissesOf(model, service, pods, shut),
  };
}

/**
 * Whether some pod is surely let in to all ports of the Service on these pods. Stops at the first one found for each
 * port, so that a sweep over many Services need not judge every pair.
 */
export function someoneIsLetIn(model: PolicyModel, service: Service, pods: readonly Pod[]): boolean {
  const judge = sharedJudge(model);
  const namespace = service.metadata?.namespace || 'default';
  const near = model.memo(`service-access/units/${namespace}`, () =>
    model.units.filter((unit) => unit.namespace.name === namespace),
  );
  return serviceTargets(service, pods).every(({ protocol, targets }) => {
    const wanted = targets.flatMap(({ pod, port }) => (port === undefined ? [] : [{ unit: model.unitOf(pod), port }]));
    if (wanted.length === 0) return true;
    const letIn = (from: PodUnit): boolean => tally(from, wanted, protocol, judge) === 'all';
    return near.some(letIn) || model.units.some(letIn);
  });
}

/** One judge for all questions to a model, so that equal pairs are judged once. */
function sharedJudge(model: PolicyModel): IngressJudge {
  return model.memo('service-access/judge', () => ingressJudge(model));
}

function accessPolicies(model: PolicyModel, units: readonly PodUnit[]): readonly AccessPolicy[] {
  const found = new Map<Policy, { readonly yes: PodUnit[]; readonly maybe: PodUnit[] }>();
  for (const unit of units) {
    for (const { policy, selects } of isolating(model, unit, 'ingress')) {
      let entry = found.get(policy);
      if (entry === undefined) {
        entry = { yes: [], maybe: [] };
        found.set(policy, entry);
      }
      entry[selects].push(unit);
    }
  }
  return [...found].map(([policy, { yes, maybe }]) => ({
    policy: policy.ref,
    tier: policy.tier,
    ...(policy.unjudged === undefined ? {} : { unjudged: policy.unjudged }),
    selects: yes.map(unitRef),
    maySelect: maybe.map(unitRef),
    rules: policy.ingress.map((rule) => accessRule(model, rule)),
  }));
}

function accessRule(model: PolicyModel, rule: Rule): AccessRule {
  const { index, action } = rule;
  const names = rule.ports.named.map(({ name, protocol }) => (protocol === undefined ? name : `${protocol} ${name}`));
  const fixed = rule.ports.fixed.length === 0 && names.length > 0 ? [] : [formatPorts(rule.ports.fixed)];
  return {
    index,
    ...(rule.name === undefined ? {} : { name: rule.name }),
    action,
    peers: rule.peers === 'any' ? 'any' : rule.peers.map((peer) => countPeer(model, peer)),
    ports: [...fixed, ...names].join(', '),
  };
}

function countPeer(model: PolicyModel, peer: Peer): AccessPeer {
  let pods = 0;
  let maybe = 0;
  for (const unit of model.units) {
    const matched = matchPeer(peer, unit, model.context);
    if (matched === 'yes') pods++;
    else if (matched === 'maybe') maybe++;
  }
  return { peer, pods, maybe };
}

/** What the receiver's policies say about a source, over all ports. */
export type IngressJudge = (from: Unit, to: PodUnit) => SideSets;

/**
 * Judges many pairs. Receivers that the same policies select and that resolve ports alike share their answers, and so do
 * sources with equal labels, as long as no address block and no node is in question.
 */
export function ingressJudge(model: PolicyModel): IngressJudge {
  const answers = new Map<string, SideSets>();
  const receivers = new Map<PodUnit, string | undefined>();
  const sources = new Map<Unit, string | undefined>();
  const sourceOf = (from: Unit): string | undefined => {
    if (!sources.has(from)) sources.set(from, sourceKey(from));
    return sources.get(from);
  };
  return (from, to) => {
    let receiver = receivers.get(to);
    if (!receivers.has(to)) {
      receiver = receiverKey(model, to);
      receivers.set(to, receiver);
    }
    if (receiver === '') return OPEN;
    const key = receiver === undefined ? undefined : sourceOf(from);
    if (key === undefined) return judgeIngress(model, from, to);
    const both = `${receiver}\n${key}`;
    let answer = answers.get(both);
    if (answer === undefined) {
      answer = judgeIngress(model, from, to);
      answers.set(both, answer);
    }
    return answer;
  };
}

/** Empty when nothing selects the pod; undefined when answers cannot be shared. */
function receiverKey(model: PolicyModel, to: PodUnit): string | undefined {
  const selecting = isolating(model, to, 'ingress');
  if (selecting.length === 0) return '';
  if (to.hostNetwork || blocksOf(tiersOf(model, to), 'ingress').length > 0) return undefined;
  const names = selecting.map(({ policy }) => `${policy.ref.kind}/${policy.ref.namespace ?? ''}/${policy.ref.name}`);
  const ports = (to.pod.spec?.containers ?? [])
    .concat(to.pod.spec?.initContainers ?? [])
    .map(({ ports: list }) => list ?? []);
  return JSON.stringify([names, ports]);
}

function sourceKey(from: Unit): string | undefined {
  if (from.type !== 'pod' || from.hostNetwork) return undefined;
  return JSON.stringify([from.namespace.name, Object.entries(from.labels.labels).sort()]);
}

function judgeIngress(model: PolicyModel, from: Unit, to: PodUnit): SideSets {
  const tiers = tiersOf(model, to);
  const one = (source: Unit, target: Unit): SideSets =>
    sideSets({ direction: 'ingress', tiers, subject: target, other: source }, model.context);
  const [first, second] = familiesOf(from, to, undefined);
  if (first === undefined) return one(from, to);
  const sets = one(inFamily(from, first), inFamily(to, first));
  return second === undefined ? sets : eitherOf(sets, one(inFamily(from, second), inFamily(to, second)));
}

function accessPort(model: PolicyModel, judge: IngressJudge, namespace: string, port: ServicePortTargets): AccessPort {
  const targets = port.targets.flatMap(({ pod, port: number }) =>
    number === undefined ? [] : [{ unit: model.unitOf(pod), port: number }],
  );
  const answer = (from: Unit): Tally => tally(from, targets, port.protocol, judge);
  const same = reachOf(
    model.units.filter((unit) => unit.namespace.name === namespace),
    answer,
  );
  const others = reachOf(
    model.units.filter((unit) => unit.namespace.name !== namespace),
    answer,
  );
  const outside = outsideReach(
    model,
    targets.map(({ unit }) => unit),
    answer,
  );
  const sure =
    same.all + same.some + others.all + others.some > 0 || outside.reach === 'all' || outside.reach === 'some';
  const perhaps = same.depends + others.depends > 0 || outside.reach === 'depends';
  return {
    servicePort: port.servicePort,
    name: port.name,
    protocol: port.protocol,
    targetPort: port.targetPort,
    unresolved: port.targets.filter((target) => target.port === undefined).map(({ pod }) => unitRef(model.unitOf(pod))),
    sameNamespace: same,
    otherNamespaces: others,
    outside,
    anySource: sure ? 'yes' : perhaps ? 'maybe' : 'no',
  };
}

type Tally = 'all' | 'some' | 'none' | 'depends' | undefined;

/** What becomes of one source; undefined when there is no pod but itself. */
function tally(
  from: Unit,
  targets: readonly { readonly unit: PodUnit; readonly port: number }[],
  protocol: Protocol,
  judge: IngressJudge,
): Tally {
  let yes = 0;
  let no = 0;
  let open = 0;
  for (const { unit, port } of targets) {
    if (from === unit) continue;
    const { allow, deny } = judge(from, unit);
    if (!hasPort(allow, protocol, port)) no++;
    else if (hasPort(deny, protocol, port)) open++;
    else yes++;
  }
  if (yes + no + open === 0) return undefined;
  if (no + open === 0) return 'all';
  if (yes > 0) return 'some';
  return open > 0 ? 'depends' : 'none';
}

function reachOf(sources: readonly PodUnit[], answer: (from: Unit) => Tally): Reach {
  const found: Record<'all' | 'some' | 'none' | 'depends', PodUnit[]> = { all: [], some: [], none: [], depends: [] };
  for (const source of sources) {
    const one = answer(source);
    if (one !== undefined) found[one].push(source);
  }
  const few = (units: readonly PodUnit[]): readonly Ref[] => units.slice(0, EXAMPLES).map(unitRef);
  return {
    total: found.all.length + found.some.length + found.none.length + found.depends.length,
    all: found.all.length,
    some: found.some.length,
    none: found.none.length,
    depends: found.depends.length,
    examples: { all: few(found.all), some: few(found.some), none: few(found.none) },
  };
}

function outsideReach(model: PolicyModel, targets: readonly PodUnit[], answer: (from: Unit) => Tally): OutsideReach {
  const families = ([4, 6] as const).filter((family) =>
    targets.some((unit) => unit.addresses.some((a) => a.family === family)),
  );
  const blocks =
    targets[0] === undefined ? [] : [...new Set(targets.flatMap((unit) => blocksOf(tiersOf(model, unit), 'ingress')))];
  const parts = (families.length > 0 ? families : ([4] as const)).flatMap((family) =>
    splitRange(wholeFamily(family), blocks),
  );
  const answers = parts.map((range) => ({ range, answer: answer({ type: 'range', range }) }));
  const has = (wanted: Tally): boolean => answers.some((entry) => entry.answer === wanted);
  const open = answers.filter((entry) => entry.answer === 'all').map(({ range }) => formatRange(range));
  if (open.length === answers.length) return { reach: open.length > 0 ? 'all' : 'none', ranges: [] };
  if (open.length > 0 || has('some')) return { reach: 'some', ranges: open };
  return { reach: has('depends') ? 'depends' : 'none', ranges: [] };
}
