import type { PolicyFacts, PolicyModel } from '../../../../shared/policy/model.ts';
import type { Direction } from '../../../../shared/policy/rules/rules.ts';
import type { PairVerdict } from '../judge-pair.ts';
import { beforeDenial } from './admin-changes.ts';
import type { Candidate } from './candidate.ts';
import { labelChanges } from './label-changes.ts';
import { newRule, ruleChanges } from './rule-changes.ts';

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
