import type { KubeObject } from '../../../../shared/model/objects.ts';
import { formatRef, type Ref } from '../../../../shared/model/refs.ts';
import type { PolicyWalk, RuleWalk } from '../../../../shared/policy/evaluate/verdict.ts';
import type { PolicyFacts } from '../../../../shared/policy/model.ts';
import type { Direction } from '../../../../shared/policy/rules/rules.ts';
import type { Unit } from '../../../../shared/policy/rules/units.ts';
import { ruleNumber } from '../../words/policies.ts';
import type { PairVerdict } from '../judge-pair.ts';
import { type Candidate, isNamed, NONE, withPolicy } from './candidate.ts';
import { applyStep, type ListStep, stepFix } from './patches.ts';
import { peerOf, portOf } from './peer-forms.ts';

/** Adds what a rule lacks: the peer where its ports fit, the port where its peers fit. */
export function ruleChanges(
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
    if (pair.anyPort === true) return [];
    const title = `add the port to ${ruleNumber(side, rule)} of ${formatRef(policy)}`;
    return policyStep(facts, policy, `${base}/ports`, portOf(pair), title, 2, side);
  }
  if (peersFit || !rule.ports.matched) return [];
  const peer = peerOf(other, policy.namespace);
  const title = `add the peer to ${ruleNumber(side, rule)} of ${formatRef(policy)}`;
  return policyStep(facts, policy, `${base}/${list}`, peer, title, 3, side);
}

/** A rule of its own for the two ends that were asked about, and for no others. */
export function newRule(
  facts: PolicyFacts,
  { policy }: PolicyWalk,
  pair: PairVerdict,
  other: Unit,
  side: Direction,
): readonly Candidate[] {
  const list = side === 'ingress' ? 'from' : 'to';
  const ports = pair.anyPort === true ? {} : { ports: [portOf(pair)] };
  const value = { [list]: [peerOf(other, policy.namespace)], ...ports };
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

function listAt(object: KubeObject, path: string): readonly unknown[] | undefined {
  let value: unknown = object;
  for (const key of path.split('/').slice(1)) value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
  return Array.isArray(value) ? value : undefined;
}
