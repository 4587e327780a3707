/**
 * Which groups a change can concern at all. A policy says something only about the pods that it selects: between two groups
 * of which neither is selected by a policy that changed, the sender for egress or the receiver for ingress, all stays as it
 * was, as long as pods, namespaces and nodes are the same.
 */
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOrDefault, refKey } from '../../../shared/model/refs.ts';
import { selects } from '../../../shared/policy/evaluate/side.ts';
import type { PolicyFacts, PolicyModel } from '../../../shared/policy/model.ts';
import type { Direction, Policy } from '../../../shared/policy/rules/rules.ts';

/** A workload with its pods on both sides. */
interface TwoSided {
  readonly before: readonly Pod[];
  readonly after: readonly Pod[];
}

/** By the id of a group: whether what it may send, and whether what it lets in, can have changed. */
export interface Touched {
  readonly egress: readonly boolean[];
  readonly ingress: readonly boolean[];
}

/** With more changed policies than this most pods are concerned, and looking for the others does not pay. */
const MOST_POLICIES = 50;

/** Undefined where anything may have changed. */
export function touchedGroups(
  before: PolicyModel,
  after: PolicyModel,
  groups: readonly { readonly ends: readonly TwoSided[] }[],
): Touched | undefined {
  if (!isSameWorld(before.facts, after.facts)) return undefined;
  const changed = changedPolicies(before.facts, after.facts);
  if (changed.size > MOST_POLICIES) return undefined;
  const policiesOf = ({ policies }: PolicyModel): readonly Policy[] =>
    policies.filter(({ ref }) => changed.has(refKey(ref)));
  const sides = [
    { side: 'before', model: before, policies: policiesOf(before) },
    { side: 'after', model: after, policies: policiesOf(after) },
  ] as const;
  const isTouched = (end: TwoSided, direction: Direction): boolean =>
    !isSameList(end.before, end.after) ||
    sides.some(({ side, model, policies }) =>
      policies.some(
        (policy) =>
          policy.affects[direction] &&
          end[side].some((pod) => selects(policy, model.unitOf(pod), model.context) !== 'no'),
      ),
    );
  const of = (direction: Direction): readonly boolean[] =>
    groups.map(({ ends }) => ends.some((end) => isTouched(end, direction)));
  return { egress: of('egress'), ingress: of('ingress') };
}

/** Whether all but pods and policies is the same: the very objects where they are many. */
function isSameWorld(a: PolicyFacts, b: PolicyFacts): boolean {
  const small = ({ unseen, ownNetworks, traits }: PolicyFacts): string => JSON.stringify([unseen, ownNetworks, traits]);
  return (
    isSameList(a.namespaces, b.namespaces) &&
    isSameList(a.nodes ?? [], b.nodes ?? []) &&
    isSameList(a.otherPolicies ?? [], b.otherPolicies ?? []) &&
    small(a) === small(b)
  );
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

/** Policies that are not the very same object on both sides. */
function changedPolicies(a: PolicyFacts, b: PolicyFacts): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [kind, list] of [
    ['NetworkPolicy', (facts: PolicyFacts) => facts.networkPolicies],
    ['AdminNetworkPolicy', (facts: PolicyFacts) => facts.adminNetworkPolicies],
    ['BaselineAdminNetworkPolicy', (facts: PolicyFacts) => facts.baselineAdminNetworkPolicies],
    ['ClusterNetworkPolicy', (facts: PolicyFacts) => facts.clusterNetworkPolicies],
  ] as const) {
    const [one, other] = [new Set<KubeObject>(list(a)), new Set<KubeObject>(list(b))];
    for (const object of [...one, ...other]) {
      if (one.has(object) && other.has(object)) continue;
      const name = nameOf(object);
      changed.add(
        refKey(kind === 'NetworkPolicy' ? { kind, namespace: namespaceOrDefault(object), name } : { kind, name }),
      );
    }
  }
  return changed;
}
