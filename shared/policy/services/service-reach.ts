import type { Service } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { Ref } from '../../model/refs.ts';
import { namespaceOrDefault } from '../../model/refs.ts';
import { formatRange, wholeFamily } from '../../util/addresses.ts';
import { decide, type SideSets } from '../evaluate/decide.ts';
import { unitRef } from '../evaluate/explain-peer.ts';
import { namedPort, selects } from '../evaluate/side.ts';
import { labelClassesOf, type PodClass } from '../many/classes.ts';
import { oneSide } from '../many/pair-sets.ts';
import { survey } from '../many/survey.ts';
import { isolating, type PolicyModel, type Selecting, tiersOf } from '../model.ts';
import { matchPeer } from '../rules/match.ts';
import { hasPort, type Protocol } from '../rules/port-set.ts';
import { blocksOf, splitRange } from '../rules/range-parts.ts';
import type { Peer, Tri } from '../rules/rules.ts';
import { addressTextsOf, namedPortsOf, type PodUnit, type Unit } from '../rules/units.ts';
import { type ServicePortTargets, serviceTargets } from './service-targets.ts';

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

/** Judges one Service port: who is let in by the ingress policies of the pods behind it. */
export function accessPort(model: PolicyModel, namespace: string, port: ServicePortTargets): AccessPort {
  const receivers = receiversOf(model, port);
  const byNamespace = podsByNamespace(model);
  const tally = (pod: Pod): Tally => tallyOf(pod, receivers, port.protocol, model);
  const same = once(() => reachOf(model, byNamespace.get(namespace) ?? [], tally));
  const others = once(() =>
    reachOf(
      model,
      model.pods.filter((pod) => namespaceOrDefault(pod) !== namespace),
      tally,
    ),
  );
  const common = {
    servicePort: port.servicePort,
    name: port.name,
    protocol: port.protocol,
    targetPort: port.targetPort,
    unresolved: port.targets.flatMap((target) =>
      target.port === undefined ? [unitRef(model.unitOf(target.pod))] : [],
    ),
    // Counted when somebody asks: whether there is any source at all is mostly known without counting.
    get sameNamespace() {
      return same();
    },
    get otherNamespaces() {
      return others();
    },
  };
  if (receivers.length > 0 && receivers.every((receiver) => isShut(model, receiver, port.protocol))) {
    return Object.assign(common, { outside: { reach: 'none', ranges: [] }, anySource: 'no' } as const);
  }
  const outside = outsideReach(model, receivers, port.protocol);
  const insiders = [same(), others()];
  const sure = insiders.some(({ all, some }) => all + some > 0) || outside.reach === 'all' || outside.reach === 'some';
  const perhaps = insiders.some(({ depends }) => depends > 0) || outside.reach === 'depends';
  return Object.assign(common, { outside, anySource: sure ? 'yes' : perhaps ? 'maybe' : 'no' } as const);
}

function podsByNamespace(model: PolicyModel): ReadonlyMap<string, readonly Pod[]> {
  return model.memo('service-reach/pods-by-namespace', () => {
    const map = new Map<string, Pod[]>();
    for (const pod of model.pods) {
      const list = map.get(namespaceOrDefault(pod));
      if (list === undefined) map.set(namespaceOrDefault(pod), [pod]);
      else list.push(pod);
    }
    return map;
  });
}

/**
 * Whether some pod is surely let in to all ports of the Service on these pods. Stops at the first one found for each port,
 * so that a sweep over many Services need not judge every pair.
 */
export function someoneIsLetIn(model: PolicyModel, service: Service, pods: readonly Pod[]): boolean {
  const namespace = namespaceOrDefault(service);
  return serviceTargets(service, pods).every((port) => {
    const receivers = receiversOf(model, port);
    const key = receivers.map((receiver) => receiver.key).join('\n');
    return model.memo(`service-reach/let-in/${namespace}/${port.protocol}/${key}`, () =>
      isLetIn(model, namespace, receivers, port.protocol),
    );
  });
}

function isLetIn(model: PolicyModel, namespace: string, receivers: readonly Receiver[], protocol: Protocol): boolean {
  if (receivers.every(({ open }) => open)) return true;
  if (receivers.some((receiver) => isShut(model, receiver, protocol))) return false;
  const named = receivers.map((receiver) => peersOf(model, receiver));
  // Most pods are meant by no rule, which is quicker found than decided.
  const isMeant = (from: PodUnit): boolean =>
    named.every((peers) => peers === 'any' || peers.some((peer) => matchPeer(peer, from, model.context) !== 'no'));
  const letIn = (pod: Pod): boolean => {
    const from = model.unitOf(pod);
    if (!isMeant(from)) return false;
    const count = { yes: 0, no: 0, maybe: 0 };
    for (const { units, port } of receivers) {
      const to = units.find((unit) => unit.pod !== pod);
      if (to !== undefined) count[answer(oneSide(model, from, to, 'ingress'), protocol, port)]++;
    }
    return tallyFrom(count) === 'all';
  };
  // Neighbours are the likeliest; pods with equal labels are judged once, unless addresses are in question.
  const byAddress = receivers.some(({ units }) =>
    units.some((unit) => blocksOf(tiersOf(model, unit), 'ingress').length > 0),
  );
  const { classes, byNamespace } = labelClassesOf(model);
  const near = byNamespace.get(namespace)?.classes ?? [];
  const someIsLetIn = ({ unit, pods }: PodClass): boolean =>
    byAddress ? pods.some(letIn) : isMeant(unit) && pods.slice(0, 2).some(letIn);
  return near.some(someIsLetIn) || classes.some(someIsLetIn);
}

/** The peers that some rule for the receiver names; `any` when one speaks of everybody, or nothing isolates it. */
function peersOf(model: PolicyModel, { units, open }: Receiver): readonly Peer[] | 'any' {
  const [unit] = units;
  if (open || unit === undefined || someHostNetwork(model)) return 'any';
  const policies = isolating(model, unit, 'ingress').map(({ policy }) => policy);
  // Only where nothing but a rule lets in: what no tier decides is allowed.
  if (policies.some(({ tier, unjudged }) => tier !== 'networkPolicy' || unjudged !== undefined)) return 'any';
  const rules = policies.flatMap(({ ingress }) => ingress);
  return rules.some(({ peers }) => peers === 'any')
    ? 'any'
    : rules.flatMap(({ peers }) => (peers === 'any' ? [] : peers));
}

/**
 * Whether no rule could open the port to anybody, whoever its peers are. Host-networked pods may count as their node,
 * whose traffic no policy stops: with one among the callers nothing is said.
 */
function isShut(model: PolicyModel, { units, port }: Receiver, protocol: Protocol): boolean {
  const [unit] = units;
  if (unit === undefined || someHostNetwork(model)) return false;
  const { allow } = decide(tiersOf(model, unit), 'ingress', {
    selects: (policy) => selects(policy, unit, model.context),
    peer: () => 'maybe',
    port: (named) => namedPort(named, unit),
  });
  return !hasPort(allow, protocol, port);
}

function someHostNetwork(model: PolicyModel): boolean {
  return model.memo('service-reach/host-network', () => model.pods.some((pod) => pod.spec?.hostNetwork === true));
}

/** Pods behind the Service that no ingress rule tells apart, on one port. */
interface Receiver {
  readonly key: string;
  /** Nothing selects them. */
  readonly open: boolean;
  readonly units: PodUnit[];
  readonly pods: Set<Pod>;
  readonly port: number;
  /** What the policies of the first of them say about every pod but itself. */
  readonly sets: () => ReadonlyMap<Pod, SideSets>;
  readonly nodes: Set<string>;
}

function receiversOf(model: PolicyModel, { targets }: ServicePortTargets): readonly Receiver[] {
  const byKey = new Map<string, Receiver>();
  for (const { pod, port } of targets) {
    if (port === undefined) continue;
    const unit = model.unitOf(pod);
    const policies = isolating(model, unit, 'ingress');
    const key = receiverKey(policies, unit, port);
    let receiver = byKey.get(key);
    if (receiver === undefined) {
      const sets = once(() => setsTowards(model, unit));
      receiver = { key, open: policies.length === 0, units: [], pods: new Set(), port, sets, nodes: new Set() };
      byKey.set(key, receiver);
    }
    receiver.units.push(unit);
    receiver.pods.add(pod);
    if (unit.nodeName !== '') receiver.nodes.add(unit.nodeName);
  }
  return [...byKey.values()];
}

function receiverKey(selecting: readonly Selecting[], unit: PodUnit, port: number): string {
  const policies = selecting.map(({ policy, selects }) => [policy.ref, selects]);
  const families = addressTextsOf(unit.pod).map((text) => text.includes(':'));
  return JSON.stringify([port, families, policies, policies.length === 0 ? [] : namedPortsOf(unit.pod)]);
}

function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}

function setsTowards(model: PolicyModel, unit: PodUnit): ReadonlyMap<Pod, SideSets> {
  const { outcomes, pods } = survey(model, unit, 'ingress', 'own');
  const sets = new Map<Pod, SideSets>();
  for (const [outcome, list] of pods) for (const pod of list) sets.set(pod, outcomes.get(outcome));
  return sets;
}

type Tally = 'all' | 'some' | 'none' | 'depends' | undefined;

/** What becomes of one source; undefined when there is no pod behind the Service but itself. */
function tallyOf(pod: Pod, receivers: readonly Receiver[], protocol: Protocol, model: PolicyModel): Tally {
  const count = { yes: 0, no: 0, maybe: 0 };
  for (const { units, pods, port, sets, nodes } of receivers) {
    const known = sets().get(pod);
    // A host-networked pod can be on the node of some of them; the first of them is missing in its own sets.
    if (known === undefined || (pod.spec?.hostNetwork === true && nodes.has(pod.spec.nodeName ?? ''))) {
      const others = units.filter((unit) => unit.pod !== pod);
      for (const unit of others) count[answer(oneSide(model, model.unitOf(pod), unit, 'ingress'), protocol, port)]++;
    } else {
      count[answer(known, protocol, port)] += units.length - (pods.has(pod) ? 1 : 0);
    }
  }
  return tallyFrom(count);
}

function answer(sets: SideSets, protocol: Protocol, port: number): Tri {
  if (!hasPort(sets.allow, protocol, port)) return 'no';
  return hasPort(sets.deny, protocol, port) ? 'maybe' : 'yes';
}

function tallyFrom({ yes, no, maybe }: Readonly<Record<Tri, number>>): Tally {
  if (yes + no + maybe === 0) return undefined;
  if (no + maybe === 0) return 'all';
  if (yes > 0) return 'some';
  return maybe > 0 ? 'depends' : 'none';
}

const EXAMPLES = 3;

function reachOf(model: PolicyModel, sources: readonly Pod[], tally: (pod: Pod) => Tally): Reach {
  const found: Record<Exclude<Tally, undefined>, Pod[]> = { all: [], some: [], none: [], depends: [] };
  for (const source of sources) {
    const one = tally(source);
    if (one !== undefined) found[one].push(source);
  }
  const few = (pods: readonly Pod[]): readonly Ref[] =>
    pods.slice(0, EXAMPLES).map((pod) => unitRef(model.unitOf(pod)));
  return {
    total: found.all.length + found.some.length + found.none.length + found.depends.length,
    all: found.all.length,
    some: found.some.length,
    none: found.none.length,
    depends: found.depends.length,
    examples: { all: few(found.all), some: few(found.some), none: few(found.none) },
  };
}

/** Addresses of the families that the pods have; IPv4 when they have none yet. */
function outsideReach(model: PolicyModel, receivers: readonly Receiver[], protocol: Protocol): OutsideReach {
  const firsts = receivers.flatMap(({ units }) => units.slice(0, 1));
  const families = ([4, 6] as const).filter((family) =>
    firsts.some((unit) => unit.addresses.some((a) => a.family === family)),
  );
  const blocks = firsts.flatMap((unit) => blocksOf(tiersOf(model, unit), 'ingress'));
  const parts = (families.length > 0 ? families : ([4] as const)).flatMap((family) =>
    splitRange(wholeFamily(family), blocks),
  );
  const tally = (unit: Unit): Tally => {
    const count = { yes: 0, no: 0, maybe: 0 };
    for (const { units, port } of receivers) {
      const [first] = units;
      if (first !== undefined) count[answer(oneSide(model, unit, first, 'ingress'), protocol, port)] += units.length;
    }
    return tallyFrom(count);
  };
  const answers = parts.map((range) => ({ range, tally: tally({ type: 'range', range }) }));
  const open = answers.filter((entry) => entry.tally === 'all').map(({ range }) => formatRange(range));
  if (open.length === answers.length) return { reach: 'all', ranges: [] };
  if (open.length > 0 || answers.some((entry) => entry.tally === 'some')) return { reach: 'some', ranges: open };
  return { reach: answers.some((entry) => entry.tally === 'depends') ? 'depends' : 'none', ranges: [] };
}
