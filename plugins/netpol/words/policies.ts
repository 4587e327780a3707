import { formatRef, type Ref } from '../../../shared/model/refs.ts';
import type { RuleName } from '../../../shared/policy/evaluate/verdict.ts';
import type { Direction } from '../../../shared/policy/rules/rules.ts';
import { NO_PLACES, type Places } from './places.ts';

/** `NetworkPolicy shop/allow-web (web.yaml:3)`; the place only for objects from files. */
export function policyWords(policy: Ref, places: Places = NO_PLACES): string {
  return formatRef(policy) + inBrackets(places.policy(policy));
}

/**
 * `NetworkPolicy shop/allow-web, ingress rule 1 (web.yaml:12)`. Rules are counted from 1, as people do; a rule that has a
 * name is called by it as well. A network of a namespace's own is one rule.
 */
export function ruleWords(policy: Ref, direction: Direction, rule: RuleName, places: Places = NO_PLACES): string {
  if (policy.kind === 'Namespace') return `the user-defined network of namespace ${policy.name}`;
  const place = places.rule(policy, direction, rule.index);
  return `${formatRef(policy)}, ${ruleNumber(direction, rule)}${inBrackets(place)}`;
}

/** `ingress rule 2 "from-monitoring"`: a rule where its policy has been named already. */
export function ruleNumber(direction: Direction, { index, name }: RuleName): string {
  return `${direction} rule ${index + 1}${name === undefined || name === '' ? '' : ` "${name}"`}`;
}

function inBrackets(place: string | undefined): string {
  return place === undefined ? '' : ` (${place})`;
}
