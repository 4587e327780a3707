import { formatRef } from '../../../../shared/model/refs.ts';
import type { SideWalk } from '../../../../shared/policy/evaluate/verdict.ts';
import type { PolicyFacts } from '../../../../shared/policy/model.ts';
import type { Unit } from '../../../../shared/policy/rules/units.ts';
import { ruleNumber } from '../../words/policies.ts';
import type { PairVerdict } from '../judge-pair.ts';
import { type Candidate, isNamed, NONE } from './candidate.ts';
import { applyStep, type ListStep, stepFix } from './patches.ts';
import { adminPods } from './peer-forms.ts';

/** An Allow rule in front of the one that denies: the first that matches decides. */
export function beforeDenial(facts: PolicyFacts, walk: SideWalk, pair: PairVerdict, other: Unit): readonly Candidate[] {
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
    ...(pair.anyPort === true
      ? {}
      : cluster
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
