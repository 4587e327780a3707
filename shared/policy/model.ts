import type { KubeObject, Namespace, Node } from '../model/objects.ts';
import type { NetworkPolicy } from '../model/objects-network.ts';
import type { Pod } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import type { Ref } from '../model/refs.ts';
import { namespaceOrDefault } from '../model/refs.ts';
import { selects } from './evaluate/side.ts';
import {
  compileAdminNetworkPolicy,
  compileBaselineAdminNetworkPolicy,
  compileClusterNetworkPolicy,
  orderedTier,
} from './rules/compile-admin-policy.ts';
import { compileNetworkPolicy, networkPolicyTier } from './rules/compile-network-policy.ts';
import { type MatchContext, type PluginTraits, UNKNOWN_PLUGIN } from './rules/match.ts';
import { networkTier, type OwnNetwork } from './rules/own-network.ts';
import type { Direction, Policy, Tier, Tri } from './rules/rules.ts';
import { standInPod, workloadOfPod } from './rules/stand-ins.ts';
import type { AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy } from './rules/types.ts';
import {
  isFinished,
  type NamespaceUnit,
  type NodeUnit,
  namespaceUnit,
  nodeUnit,
  type PodUnit,
  podUnit,
  type Unit,
} from './rules/units.ts';
import { compileUnjudged, type Unseen, unseenPolicy } from './rules/unjudged.ts';

/** All facts that bear on who may talk to whom. Lists that were not read are left out; `unseen` says which mattered. */
export interface PolicyFacts {
  readonly pods: readonly Pod[];
  /** Templates that stand in for pods; those that have a pod in `pods` are passed over. */
  readonly workloads?: readonly { readonly kind: string; readonly object: Workload }[];
  readonly namespaces: readonly Namespace[];
  readonly nodes?: readonly Node[];
  readonly networkPolicies?: readonly NetworkPolicy[];
  readonly adminNetworkPolicies?: readonly AdminNetworkPolicy[];
  readonly baselineAdminNetworkPolicies?: readonly BaselineAdminNetworkPolicy[];
  readonly clusterNetworkPolicies?: readonly ClusterNetworkPolicy[];
  /** Calico and Cilium policies: they make answers about the pods they concern `depends`. */
  readonly otherPolicies?: readonly KubeObject[];
  /** Policy lists that could not be read. */
  readonly unseen?: readonly Unseen[];
  /** Namespaces whose pods are on a network of their own. */
  readonly ownNetworks?: readonly OwnNetwork[];
  /** What is known of the network plugin; see `traitsOf`. */
  readonly traits?: PluginTraits;
  /** The topmost owner of a pod; without it owner references and `pod-template-hash` decide. */
  readonly workloadOf?: (pod: Pod) => Ref | undefined;
}

/** Facts made ready for questions. Read-only for its users; what is costly is computed when first asked for. */
export interface PolicyModel {
  /** Pods that count (finished ones do not), then stand-ins, each in the order given. */
  readonly pods: readonly Pod[];
  /** The same as units. */
  readonly units: readonly PodUnit[];
  readonly namespaces: ReadonlyMap<string, NamespaceUnit>;
  readonly nodes: ReadonlyMap<string, NodeUnit>;
  readonly context: MatchContext;
  readonly policies: readonly Policy[];
  readonly facts: PolicyFacts;
  /** The tiers that can concern a pod of the namespace, in their order of evaluation. */
  tiersIn(namespace: string): readonly Tier[];
  /** The unit of a pod, also of one that is not among the facts (a pod about to be created). */
  unitOf(pod: Pod): PodUnit;
  namespaceOf(name: string): NamespaceUnit;
  /** The topmost owner of a pod, or the pod itself. */
  workloadOf(pod: Pod): Ref;
  /** Computes a value once per model. Keys are unique by convention: `module/name`. */
  memo<T>(key: string, compute: () => T): T;
}

/** Compiles policies and prepares pods. Costs time proportional to the number of objects, not of pairs. */
export function buildPolicyModel(facts: PolicyFacts): PolicyModel {
  const namespaces = new Map<string, NamespaceUnit>();
  for (const object of facts.namespaces) {
    const name = object.metadata?.name ?? '';
    namespaces.set(name, namespaceUnit(name, object));
  }
  const namespaceOf = (name: string): NamespaceUnit => {
    let unit = namespaces.get(name);
    if (unit === undefined) {
      unit = namespaceUnit(name, undefined);
      namespaces.set(name, unit);
    }
    return unit;
  };
  const nodes = new Map((facts.nodes ?? []).map((node) => [node.metadata?.name ?? '', nodeUnit(node)]));
  const byPod = new Map<Pod, PodUnit>();
  const unitOf = (pod: Pod): PodUnit => {
    let unit = byPod.get(pod);
    if (unit === undefined) {
      unit = podUnit(pod, namespaceOf(namespaceOrDefault(pod)));
      byPod.set(pod, unit);
    }
    return unit;
  };
  const workloadOf = (pod: Pod): Ref => facts.workloadOf?.(pod) ?? workloadOfPod(pod);
  const pods = facts.pods.filter((pod) => !isFinished(pod)).concat(standIns(facts, workloadOf));
  let units: readonly PodUnit[] | undefined;
  const memos = new Map<string, unknown>();
  const { policies, tiersIn } = compileTiers(facts);
  return {
    pods,
    get units() {
      units ??= pods.map(unitOf);
      return units;
    },
    namespaces,
    nodes,
    context: { traits: facts.traits ?? UNKNOWN_PLUGIN, nodes },
    policies,
    facts,
    tiersIn,
    unitOf,
    namespaceOf,
    workloadOf,
    memo: <T>(key: string, compute: () => T): T => {
      if (memos.has(key)) return memos.get(key) as T;
      const value = compute();
      memos.set(key, value);
      return value;
    },
  };
}

function standIns(facts: PolicyFacts, workloadOf: (pod: Pod) => Ref): readonly Pod[] {
  const workloads = facts.workloads ?? [];
  if (workloads.length === 0) return [];
  const key = ({ kind, namespace, name }: Ref): string => `${kind}/${namespace || 'default'}/${name}`;
  const present = new Set(facts.pods.map((pod) => key(workloadOf(pod))));
  return workloads
    .map(({ kind, object }) => standInPod(kind, object))
    .filter((pod) => !present.has(key(workloadOf(pod))));
}

function compileTiers(facts: PolicyFacts): Pick<PolicyModel, 'policies' | 'tiersIn'> {
  const own = (facts.networkPolicies ?? []).map(compileNetworkPolicy);
  const admin = [
    ...(facts.adminNetworkPolicies ?? []).map(compileAdminNetworkPolicy),
    ...(facts.baselineAdminNetworkPolicies ?? []).map(compileBaselineAdminNetworkPolicy),
    ...(facts.clusterNetworkPolicies ?? []).flatMap((object) => compileClusterNetworkPolicy(object) ?? []),
  ];
  const unseen = (facts.unseen ?? []).flatMap((entry) => unseenPolicy(entry) ?? []);
  // A NetworkPolicy that was not read can do what one can: nothing to what an admin policy or another of them decides.
  const lost = unseen.filter(({ ref }) => ref.kind === 'NetworkPolicy');
  const unjudged = [
    ...(facts.otherPolicies ?? []).flatMap((object) => compileUnjudged(object) ?? []),
    ...unseen.filter(({ ref }) => ref.kind !== 'NetworkPolicy'),
  ];
  const network = networkTier(facts.ownNetworks ?? []);
  const before: readonly Tier[] = [
    network,
    { name: 'unjudged', groups: [unjudged], unmatched: 'next' },
    orderedTier(
      'admin',
      admin.filter(({ tier }) => tier === 'admin'),
    ),
  ];
  const after = orderedTier(
    'baseline',
    admin.filter(({ tier }) => tier === 'baseline'),
  );
  const byNamespace = new Map<string, Policy[]>();
  for (const policy of own) {
    const list = byNamespace.get(policy.ref.namespace ?? '');
    if (list === undefined) byNamespace.set(policy.ref.namespace ?? '', [policy]);
    else list.push(policy);
  }
  const cached = new Map<string, readonly Tier[]>();
  return {
    policies: [...network.groups.flat(), ...unjudged, ...lost, ...admin, ...own],
    tiersIn: (namespace) => {
      let tiers = cached.get(namespace);
      if (tiers === undefined) {
        const here = lost.filter(({ ref }) => ref.namespace === undefined || ref.namespace === namespace);
        const all = [...before, networkPolicyTier([...(byNamespace.get(namespace) ?? []), ...here]), after];
        tiers = all.filter(({ groups }) => groups.some((group) => group.length > 0));
        cached.set(namespace, tiers);
      }
      return tiers;
    },
  };
}

/** The tiers that can concern an endpoint; nodes and addresses have no policies. */
export function tiersOf(model: PolicyModel, unit: Unit): readonly Tier[] {
  return unit.type === 'pod' ? model.tiersIn(unit.namespace.name) : [];
}

/** A policy that selects a pod, and how surely. */
export interface Selecting {
  readonly policy: Policy;
  readonly selects: Exclude<Tri, 'no'>;
}

/** The policies that select a pod for a direction, in their order of evaluation. Found once for each unit. */
export function isolating(model: PolicyModel, pod: Pod | PodUnit, direction: Direction): readonly Selecting[] {
  const unit = 'type' in pod ? pod : model.unitOf(pod);
  let found = SELECTING.get(unit);
  if (found === undefined) {
    found = {};
    SELECTING.set(unit, found);
  }
  found[direction] ??= selecting(model, unit, direction);
  return found[direction];
}

/** A unit belongs to one model, whose policies never change. */
const SELECTING = new WeakMap<PodUnit, { [direction in Direction]?: readonly Selecting[] }>();

function selecting(model: PolicyModel, unit: PodUnit, direction: Direction): readonly Selecting[] {
  const result: Selecting[] = [];
  for (const { groups, name } of tiersOf(model, unit)) {
    if (name === 'network') continue;
    for (const policy of groups.flat()) {
      if (!policy.affects[direction]) continue;
      const selected = selects(policy, unit, model.context);
      if (selected !== 'no') result.push({ policy, selects: selected });
    }
  }
  return result;
}
