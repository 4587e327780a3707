import type { Fix } from '../../../shared/messages/finding.ts';
import type { KubeObject, Labels } from '../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { formatRef, type Ref, refKey } from '../../../shared/model/refs.ts';
import type { PolicyFacts, PolicyModel } from '../../../shared/policy/model.ts';
import type { Direction } from '../../../shared/policy/rules.ts';
import { NAMESPACE_NAME_LABEL, type Unit } from '../../../shared/policy/units.ts';
import type { PeerMiss, PolicyWalk, RuleWalk, SideWalk } from '../../../shared/policy/verdict.ts';
import { toCidrs } from '../../../shared/util/addresses.ts';
import { shellQuote } from '../../../shared/util/text.ts';
import { peerWords } from '../words/peers.ts';
import { ruleNumber } from '../words/policies.ts';
import type { PairVerdict } from './judge-pair.ts';
import { applyStep, type ListStep, stepFix } from './patches.ts';

/** A change that may turn an answer round, with the facts as they would be. */
export interface Candidate {
  readonly fix: Fix;
  readonly facts: PolicyFacts;
  /** Pods that have other labels then. */
  readonly replaced: ReadonlyMap<Pod, Pod>;
  /** Of equally small changes the lower comes first. */
  readonly order: number;
  readonly side: Direction;
}

const NONE: ReadonlyMap<Pod, Pod> = new Map();

/** Changes that may open a side that denies. */
export function opening(
  model: PolicyModel,
  facts: PolicyFacts,
  pair: PairVerdict,
  side: Direction,
): readonly Candidate[] {
  const walk = pair.verdict[side];
  const other = side === 'ingress' ? pair.from : pair.to;
  if (walk.decision.by === 'rule') return beforeDenial(facts, walk, pair, other);
  if (walk.decision.by !== 'isolation') return [];
  const walks = walk.tiers.flatMap(({ policies }) => policies).filter(({ policy }) => policy.kind === 'NetworkPolicy');
  return [
    ...walks.flatMap((policy) => policy.rules.flatMap((rule) => labelChanges(model, facts, rule, other, side))),
    ...walks.flatMap((policy) => policy.rules.flatMap((rule) => ruleChanges(facts, policy, rule, pair, other, side))),
    ...walks.slice(0, 1).flatMap((policy) => newRule(facts, policy, pair, other, side)),
  ];
}

/** Gives a namespace or a pod the one label that a rule misses. Labels that are there already are left alone. */
function labelChanges(
  model: PolicyModel,
  facts: PolicyFacts,
  rule: RuleWalk,
  other: Unit,
  side: Direction,
): readonly Candidate[] {
  if (rule.peers === 'any' || !rule.ports.matched || other.type !== 'pod') return [];
  return rule.peers.flatMap(({ misses }): readonly Candidate[] => {
    const [miss, ...more] = misses;
    if (miss === undefined || more.length > 0) return [];
    if (miss.what !== 'namespaceLabel' && miss.what !== 'podLabel') return [];
    const value = wantedValue(miss);
    if (value === undefined) return [];
    return miss.what === 'namespaceLabel'
      ? [namespaceLabel(facts, miss.namespace, miss.key, value, side)]
      : podLabel(model, facts, other.pod, miss.key, value, side);
  });
}

function wantedValue(miss: Extract<PeerMiss, { what: 'namespaceLabel' | 'podLabel' }>): string | undefined {
  if (miss.found !== undefined || miss.key === NAMESPACE_NAME_LABEL) return undefined;
  if (miss.operator === 'Exists') return '';
  return miss.operator === 'In' ? miss.values[0] : undefined;
}

function namespaceLabel(facts: PolicyFacts, name: string, key: string, value: string, side: Direction): Candidate {
  const labelled = (object: KubeObject): KubeObject => withLabel(object, key, value);
  const known = facts.namespaces.some((object) => object.metadata?.name === name);
  const namespaces = known
    ? facts.namespaces.map((object) => (object.metadata?.name === name ? labelled(object) : object))
    : [...facts.namespaces, labelled({ metadata: { name } })];
  return {
    fix: {
      title: `give namespace ${name} the label that the rule wants`,
      command: `kubectl label namespace ${name} ${key}=${value}`,
      risk: 'low',
      undo: `kubectl label namespace ${name} ${key}-`,
    },
    facts: { ...facts, namespaces },
    replaced: NONE,
    order: 0,
    side,
  };
}

const TEMPLATED = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** A bare pod is labelled as it is; a workload's pods by its template, which rolls them. */
function podLabel(
  model: PolicyModel,
  facts: PolicyFacts,
  pod: Pod,
  key: string,
  value: string,
  side: Direction,
): readonly Candidate[] {
  const owner = model.workloadOf(pod);
  if (owner.kind !== 'Pod' && !TEMPLATED.has(owner.kind)) return [];
  const own = model.pods.filter((one) => refKey(model.workloadOf(one)) === refKey(owner));
  const replaced = new Map([...own, pod].map((one) => [one, withLabel(one, key, value)]));
  const pods = facts.pods.map((one) => replaced.get(one) ?? one);
  const name = `${owner.name} -n ${owner.namespace ?? ''}`;
  const patch = (to: string | null): string =>
    `kubectl patch ${owner.kind.toLowerCase()} ${name} -p ${shellQuote(
      JSON.stringify({ spec: { template: { metadata: { labels: { [key]: to } } } } }),
    )}`;
  const fix: Fix =
    owner.kind === 'Pod'
      ? {
          title: `give ${formatRef(owner)} the label that the rule wants`,
          command: `kubectl label pod ${name} ${key}=${value}`,
          risk: 'low',
          undo: `kubectl label pod ${name} ${key}-`,
        }
      : {
          title: `give the pods of ${formatRef(owner)} the label that the rule wants, which replaces them one by one`,
          command: patch(value),
          risk: 'low',
          undo: patch(null),
        };
  return [{ fix, facts: { ...facts, pods }, replaced, order: 1, side }];
}

function withLabel<T extends KubeObject>(object: T, key: string, value: string): T {
  const labels = { ...object.metadata?.labels, [key]: value };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** Adds what a rule lacks: the peer where its ports fit, the port where its peers fit. */
function ruleChanges(
  facts: PolicyFacts,
  { policy }: PolicyWalk,
  rule: RuleWalk,
  pair: PairVerdict,
  other: Unit,
  side: Direction,
): readonly Candidate[] {
  const base = `/spec/${side}/${rule.index}`;
  const list = side === 'ingress' ? 'from' : 'to';
  const peersFit = rule.peers === 'any' || rule.peers.some(({ matched }) => matched === 'yes');
  if (peersFit && !rule.ports.matched) {
    const title = `add the port to ${ruleNumber(side, rule)} of ${formatRef(policy)}`;
    return policyStep(facts, policy, `${base}/ports`, portOf(pair), title, 2, side);
  }
  if (peersFit || !rule.ports.matched) return [];
  const peer = peerOf(other, policy.namespace);
  const title = `add the peer to ${ruleNumber(side, rule)} of ${formatRef(policy)}`;
  return policyStep(facts, policy, `${base}/${list}`, peer, title, 3, side);
}

function newRule(
  facts: PolicyFacts,
  { policy }: PolicyWalk,
  pair: PairVerdict,
  other: Unit,
  side: Direction,
): readonly Candidate[] {
  const list = side === 'ingress' ? 'from' : 'to';
  const value = { [list]: [peerOf(other, policy.namespace)], ports: [portOf(pair)] };
  return policyStep(
    facts,
    policy,
    `/spec/${side}`,
    value,
    `add a rule for this alone to ${formatRef(policy)}`,
    4,
    side,
  );
}

function policyStep(
  facts: PolicyFacts,
  policy: Ref,
  path: string,
  value: unknown,
  title: string,
  order: number,
  side: Direction,
): readonly Candidate[] {
  const object = facts.networkPolicies?.find((one) => isNamed(one, policy));
  if (object === undefined) return [];
  const list = listAt(object, path);
  const step: ListStep = { path, at: list?.length ?? 0, value, op: 'add' };
  const fix = stepFix(object, policy.kind, step, list !== undefined, title);
  return [{ fix, facts: withPolicy(facts, object, applyStep(object, step)), replaced: NONE, order, side }];
}

/** An Allow rule in front of the one that denies: the first that matches decides. */
function beforeDenial(facts: PolicyFacts, walk: SideWalk, pair: PairVerdict, other: Unit): readonly Candidate[] {
  if (walk.decision.by !== 'rule') return [];
  const { policy, rule } = walk.decision;
  const list = ADMIN_LISTS[policy.kind];
  const objects = list === undefined ? undefined : facts[list];
  const object = objects?.find((one) => isNamed(one, policy));
  if (list === undefined || object === undefined || other.type !== 'pod') return [];
  const { protocol, port } = pair.question;
  const cluster = policy.kind === 'ClusterNetworkPolicy';
  const peer = { pods: adminPods(other) };
  const value = {
    name: 'allow-this',
    action: cluster ? 'Accept' : 'Allow',
    [walk.direction === 'ingress' ? 'from' : 'to']: [peer],
    ...(cluster
      ? { protocols: [{ [protocol.toLowerCase()]: { destinationPort: { number: port } } }] }
      : { ports: [{ portNumber: { protocol, port } }] }),
  };
  const step: ListStep = { path: `/spec/${walk.direction}`, at: rule.index, value, op: 'add' };
  const title = `allow this in front of ${ruleNumber(walk.direction, rule)} of ${formatRef(policy)}`;
  const changed = applyStep(object, step);
  return [
    {
      fix: stepFix(object, policy.kind, step, true, title),
      facts: { ...facts, [list]: (objects ?? []).map((one) => (one === object ? changed : one)) },
      replaced: NONE,
      order: 4,
      side: walk.direction,
    },
  ];
}

const ADMIN_LISTS: Readonly<
  Record<string, 'adminNetworkPolicies' | 'baselineAdminNetworkPolicies' | 'clusterNetworkPolicies'>
> = {
  AdminNetworkPolicy: 'adminNetworkPolicies',
  BaselineAdminNetworkPolicy: 'baselineAdminNetworkPolicies',
  ClusterNetworkPolicy: 'clusterNetworkPolicies',
};

/** Changes that may close what is open: take the peer or rule that lets in away, or isolate the receiver. */
export function closing(model: PolicyModel, facts: PolicyFacts, pair: PairVerdict): readonly Candidate[] {
  const { ingress } = pair.verdict;
  if (pair.to.type !== 'pod') return [];
  if (ingress.decision.by === 'default') return [isolate(model, facts, pair.to.pod)];
  if (ingress.decision.by !== 'rule') return [];
  const { policy, rule } = ingress.decision;
  const object = facts.networkPolicies?.find((one) => isNamed(one, policy));
  const walk = ingress.tiers
    .at(-1)
    ?.policies.find((one) => one.policy === policy)
    ?.rules.at(-1);
  if (policy.kind !== 'NetworkPolicy' || object === undefined || walk === undefined) return [];
  const peers = walk.peers === 'any' ? [] : walk.peers;
  const at = peers.findIndex(({ matched }) => matched === 'yes');
  const only = peers[at];
  const step: ListStep =
    peers.length > 1 && only !== undefined
      ? {
          path: `/spec/ingress/${rule.index}/from`,
          at,
          value: object.spec?.ingress?.[rule.index]?.from?.[at],
          op: 'remove',
        }
      : { path: '/spec/ingress', at: rule.index, value: object.spec?.ingress?.[rule.index], op: 'remove' };
  const what =
    peers.length > 1 && only !== undefined ? `the peer "${peerWords(only.peer)}"` : ruleNumber('ingress', rule);
  const fix = stepFix(object, policy.kind, step, true, `take ${what} out of ${formatRef(policy)}`);
  return [
    { fix, facts: withPolicy(facts, object, applyStep(object, step)), replaced: NONE, order: 0, side: 'ingress' },
  ];
}

function isolate(model: PolicyModel, facts: PolicyFacts, pod: Pod): Candidate {
  const namespace = pod.metadata?.namespace || 'default';
  const name = `isolate-${model.workloadOf(pod).name}`;
  const policy: NetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: { podSelector: { matchLabels: lastingLabels(pod) }, policyTypes: ['Ingress'], ingress: [] },
  };
  const fix: Fix = {
    title: `isolate the receiver, and add rules for those who may reach it`,
    command: `echo ${shellQuote(JSON.stringify(policy))} | kubectl apply -f -`,
    risk: 'high',
    undo: `kubectl delete networkpolicy ${name} -n ${namespace}`,
  };
  const networkPolicies = [...(facts.networkPolicies ?? []), policy];
  return { fix, facts: { ...facts, networkPolicies }, replaced: NONE, order: 1, side: 'ingress' };
}

function withPolicy(facts: PolicyFacts, old: NetworkPolicy, fresh: NetworkPolicy): PolicyFacts {
  return { ...facts, networkPolicies: (facts.networkPolicies ?? []).map((one) => (one === old ? fresh : one)) };
}

function isNamed({ metadata }: KubeObject, { namespace, name }: Ref): boolean {
  return metadata?.name === name && (namespace === undefined || (metadata.namespace || 'default') === namespace);
}

function listAt(object: KubeObject, path: string): readonly unknown[] | undefined {
  let value: unknown = object;
  for (const key of path.split('/').slice(1)) value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
  return Array.isArray(value) ? value : undefined;
}

/** The narrowest peer that means an endpoint, seen from a policy's namespace. */
function peerOf(unit: Unit, namespace: string | undefined): object {
  if (unit.type === 'range') return { ipBlock: { cidr: toCidrs(unit.range)[0] ?? '' } };
  if (unit.type === 'node') {
    const [address] = unit.addresses;
    const range = address && { family: address.family, first: address.value, last: address.value };
    return { ipBlock: { cidr: range === undefined ? '' : (toCidrs(range)[0] ?? '') } };
  }
  const podSelector = { matchLabels: lastingLabels(unit.pod) };
  if (unit.namespace.name === namespace) return { podSelector };
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: unit.namespace.name } }, podSelector };
}

function adminPods(unit: Extract<Unit, { type: 'pod' }>): object {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: unit.namespace.name } },
    podSelector: { matchLabels: lastingLabels(unit.pod) },
  };
}

function portOf({ question }: PairVerdict): object {
  return { protocol: question.protocol, port: question.port };
}

/** Labels that controllers put on single pods or revisions; a policy that names them ends with the next rollout. */
const PASSING =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|controller-uid|job-name|batch\.kubernetes\.io\/.*)$/;

function lastingLabels(pod: Pod): Labels {
  return Object.fromEntries(Object.entries(pod.metadata?.labels ?? {}).filter(([key]) => !PASSING.test(key)));
}
