import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PodClass } from '../../../../shared/policy/many/classes.ts';
import type { PolicyModel } from '../../../../shared/policy/model.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import {
  DIRECTIONS,
  type Direction,
  type Peer,
  type Policy,
  type Rule,
} from '../../../../shared/policy/rules/rules.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { classesOf, selectedClasses } from '../../lint/members.ts';
import { atField, atFieldOf } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { ruleMessages } from '../../messages/rules.ts';
import { ruleWords } from '../../words/policies.ts';
import { coversPeer, coversPorts } from './coverage.ts';
import { meet } from './priority.ts';

/**
 * Rules of NetworkPolicies whose traffic a policy of the admin tier denies before any NetworkPolicy is asked
 * (AdminNetworkPolicySpec: "cannot be overridden by NetworkPolicies"). Judged by the pods there are: a rule of which
 * something may be left is not told.
 */
export const deniedBefore = defineCheck<PolicySubject>({
  id: 'netpol/denied-before',
  group: 'priorities',
  needs: ['Namespace'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'Namespace'),
  applies: ({ kind }) => kind === 'NetworkPolicy',
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) =>
      (subject.compiled?.[direction] ?? []).flatMap((rule) => judge(index, subject, direction, rule) ?? []),
    ),
});

function judge(index: ClusterIndex, subject: PolicySubject, direction: Direction, rule: Rule): Finding | undefined {
  const own = subject.compiled;
  if (own === undefined) return undefined;
  const model = lintModelIn(index);
  const found = denial(index, model, own, direction, rule);
  if (found === undefined) return undefined;
  const [policy, other] = found;
  return ruleMessages.POL316.raise({
    subject: subject.ref,
    args: {
      rule: ruleWords(own.ref, direction, rule),
      direction,
      by: ruleWords(policy.ref, direction, other),
      kind: policy.ref.kind.toLowerCase(),
      name: policy.ref.name,
    },
    evidence: [
      atField(index, subject, `spec.${direction}[${rule.index}]`, 'allows'),
      atFieldOf(
        index,
        policy.ref,
        `spec.${direction}[${other.index}]`,
        `action deny, priority ${policy.priority}, for the same pods, peers and ports or more`,
      ),
    ],
  });
}

/** The first rule that denies all that a rule allows, unless one before it may let some of that pass. */
function denial(
  index: ClusterIndex,
  model: PolicyModel,
  own: Policy,
  direction: Direction,
  rule: Rule,
): readonly [Policy, Rule] | undefined {
  const pods = selectedClasses(model, own);
  if (pods.length === 0 || rule.peers === 'any') return undefined;
  const peers = rule.peers;
  for (const policy of adminPolicies(index)) {
    const selected = new Set(selectedClasses(model, policy));
    if (!pods.some((cls) => selected.has(cls))) continue;
    const all = pods.every((cls) => selected.has(cls));
    for (const other of policy[direction]) {
      if (other.action !== 'deny') {
        if (meet(index, other, rule)) return undefined;
        continue;
      }
      if (all && coversPorts(other.ports, rule.ports) && peers.length > 0 && coversAll(model, other, peers)) {
        return [policy, other];
      }
    }
  }
  return undefined;
}

function coversAll(model: PolicyModel, { peers: wide }: Rule, narrow: readonly Peer[]): boolean {
  if (wide === 'any') return true;
  const meant = new Set<PodClass>(wide.flatMap((peer) => (peer.type === 'pods' ? classesOf(model, peer) : [])));
  return narrow.every((peer) => {
    if (peer.type !== 'pods') return wide.some((one) => one.type !== 'pods' && coversPeer(one, peer));
    const classes = classesOf(model, peer);
    // Pods on the host network are no peers of the admin tier.
    return classes.length > 0 && classes.every((cls) => meant.has(cls) && !cls.unit.hostNetwork);
  });
}

function adminPolicies(index: ClusterIndex): readonly Policy[] {
  return index.memo('netpol/lint/admin-tier', () =>
    lintModelIn(index)
      .policies.filter(({ tier }) => tier === 'admin')
      .sort((a, b) => a.priority - b.priority),
  );
}
