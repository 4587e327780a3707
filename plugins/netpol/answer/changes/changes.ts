import type { Fix } from '../../../../shared/messages/finding.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { longName } from '../../../../shared/model/refs.ts';
import { underEnforcement } from '../../../../shared/policy/enforcement/enforcement.ts';
import { evaluateUnits } from '../../../../shared/policy/evaluate/evaluate.ts';
import type { Verdict } from '../../../../shared/policy/evaluate/verdict.ts';
import { destinationsOf, sourcesOf } from '../../../../shared/policy/many/reach.ts';
import { buildPolicyModel, type PolicyFacts, type PolicyModel } from '../../../../shared/policy/model.ts';
import { hasPort } from '../../../../shared/policy/rules/port-set.ts';
import type { Direction } from '../../../../shared/policy/rules/rules.ts';
import { isFinished, type Unit } from '../../../../shared/policy/rules/units.ts';
import { plural } from '../../../../shared/util/text.ts';
import { placeless } from '../../targets/party.ts';
import type { PairVerdict } from '../judge-pair.ts';
import type { Candidate } from './candidate.ts';
import { closing } from './closing.ts';
import { opening } from './opening.ts';

/** What is needed to try a change: everything is judged again by the same engine. */
export interface Trial {
  readonly facts: PolicyFacts;
  readonly model: PolicyModel;
  readonly pair: PairVerdict;
}

const SIDES: readonly Direction[] = ['egress', 'ingress'];
const MOST = 2;

/**
 * The smallest changes that turn the answer round, each tried on the facts before it is named. Where both sides deny,
 * both have to change, one fix each. Empty when no change of a policy or label helps.
 */
export function changesFor(trial: Trial): readonly Fix[] {
  const { verdict } = trial.pair;
  if (verdict.answer === 'depends') return [];
  return verdict.answer === 'no' ? openingFixes(trial) : closingFixes(trial);
}

function openingFixes(trial: Trial): readonly Fix[] {
  const sides = SIDES.filter((side) => trial.pair.verdict[side].answer === 'no');
  const fixes: Fix[] = [];
  let current = trial;
  for (const side of sides) {
    const { model, facts, pair } = current;
    const last = side === sides.at(-1);
    const tried = opening(model, facts, pair, side)
      .flatMap((candidate) => tryOne(current, candidate, side, 'yes') ?? [])
      // With the last side open all must be: the other may be undecided, or an address family still be shut.
      .filter(({ after }) => !last || after.pair.verdict.answer === 'yes')
      .sort((one, other) => one.others - other.others || one.candidate.order - other.candidate.order);
    const [best] = tried;
    if (best === undefined) return [];
    const told = tried.slice(0, sides.length > 1 ? 1 : MOST);
    fixes.push(...told.map(({ candidate, others }) => titled(candidate.fix, side, others)));
    current = best.after;
  }
  return fixes;
}

function closingFixes(trial: Trial): readonly Fix[] {
  const tried = closing(trial.model, trial.facts, trial.pair)
    .flatMap((candidate) => tryOne(trial, candidate, candidate.side, 'no') ?? [])
    .filter(({ after }) => after.pair.verdict.answer === 'no')
    .sort((a, b) => a.others - b.others || a.candidate.order - b.candidate.order);
  return tried.slice(0, 1).map(({ candidate, others }) => ({
    ...candidate.fix,
    title: `To close it: ${candidate.fix.title}${others === 0 ? ', which stops nobody else' : `, which stops ${plural(others, 'other pod')} as well`}`,
  }));
}

function titled(fix: Fix, side: Direction, others: number): Fix {
  const whom = side === 'ingress' ? 'lets in' : 'opens the way to';
  const effect = others === 0 ? `${whom} no other pod` : `also ${whom} ${plural(others, 'other pod')}`;
  return { ...fix, title: `${fix.title} (${effect})` };
}

interface Tried {
  readonly candidate: Candidate;
  /** Pods beside those asked about whose traffic changes. */
  readonly others: number;
  readonly after: Trial;
}

/** Judges the pair again with the change made; undefined when it does not do what it should. */
function tryOne(trial: Trial, candidate: Candidate, side: Direction, wanted: 'yes' | 'no'): Tried | undefined {
  const { pair } = trial;
  const model = buildPolicyModel(candidate.facts);
  const from = again(model, pair.from, candidate.replaced);
  const to = again(model, pair.to, candidate.replaced);
  const verdict: Verdict = underEnforcement(evaluateUnits(model, from, to, pair.question), {
    enforced: 'yes',
    by: undefined,
    plugins: [],
  });
  if (verdict[side].answer !== wanted) return undefined;
  const others = changedPods(trial.model, model, pair, { from, to }, side);
  return { candidate, others, after: { facts: candidate.facts, model, pair: { ...pair, from, to, verdict } } };
}

/** A unit as the changed model sees it: labels of its namespace, and its own, may be others. It stays where it was. */
function again(model: PolicyModel, unit: Unit, replaced: ReadonlyMap<Pod, Pod>): Unit {
  if (unit.type !== 'pod') return unit;
  const fresh = model.unitOf(replaced.get(unit.pod) ?? unit.pod);
  return unit.nodeName === fresh.nodeName ? fresh : placeless(fresh);
}

/** How many pods other than those of the pair's ends get, or lose, the way. */
function changedPods(
  before: PolicyModel,
  after: PolicyModel,
  { from, to, question }: PairVerdict,
  now: { readonly from: Unit; readonly to: Unit },
  side: Direction,
): number {
  const [fixedBefore, fixedAfter, asked] = side === 'ingress' ? [to, now.to, from] : [from, now.from, to];
  if (fixedBefore.type !== 'pod' || fixedAfter.type !== 'pod') return 0;
  const reach = side === 'ingress' ? sourcesOf : destinationsOf;
  const keys = (model: PolicyModel, pod: Pod): Set<string> =>
    new Set(
      reach(model, { type: 'pod', pod })
        .pods.filter(({ allowed }) => hasPort(allowed, question.protocol, question.port))
        .flatMap(({ pods }) => pods.filter((one) => !isFinished(one)).map(longName)),
    );
  const old = keys(before, fixedBefore.pod);
  const fresh = keys(after, fixedAfter.pod);
  const own = asked.type === 'pod' ? ownersKey(before, asked.pod) : '';
  const moved = [...new Set([...old, ...fresh])].filter((key) => old.has(key) !== fresh.has(key));
  const workload = new Map(before.pods.map((pod) => [longName(pod), ownersKey(before, pod)]));
  return moved.filter((key) => workload.get(key) !== own).length;
}

function ownersKey(model: PolicyModel, pod: Pod): string {
  const { kind, namespace, name } = model.workloadOf(pod);
  return `${kind}/${namespace ?? ''}/${name}`;
}
