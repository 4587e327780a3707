import type { Verdict } from '../../../shared/policy/evaluate/verdict.ts';
import { joinNames } from '../../../shared/util/text.ts';
import type { Places } from './places.ts';
import { policyWords, ruleWords } from './policies.ts';

/** What surely stands in the way, the sender's side first; undefined where nothing does. */
export function closedByWords({ egress, ingress }: Verdict, places: Places): string | undefined {
  for (const { answer, decision, direction } of [egress, ingress]) {
    if (answer !== 'no') continue;
    if (decision.by === 'isolation') {
      const policies = decision.policies.map((ref) => policyWords(ref, places));
      return `no ${direction} rule of ${joinNames(policies, 3)} allows it`;
    }
    if (decision.by === 'rule') return `${ruleWords(decision.policy, direction, decision.rule, places)} denies it`;
  }
  return undefined;
}
