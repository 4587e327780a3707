import type { Enforcement } from '../../../shared/policy/enforcement/enforcement.ts';
import { perhaps, surely } from '../../../shared/policy/evaluate/decide.ts';
import type { Answer } from '../../../shared/policy/evaluate/verdict.ts';
import { pairSets } from '../../../shared/policy/many/pair-sets.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { ALL_PORTS } from '../../../shared/policy/rules/port-set.ts';
import { judgePair, type PairVerdict } from '../answer/judge-pair.ts';
import { isSame, pairsOf } from '../answer/pairs.ts';
import type { Party } from '../targets/party.ts';
import type { AskedPort } from '../targets/ports.ts';
import { portWords } from '../words/ports.ts';

export interface Outcome {
  readonly result: 'holds' | 'fails' | 'unknown';
  /** What it is: `allowed`, `denied for 1 of 3 pairs of pods`. */
  readonly is: string;
  /** A pair that shows it. */
  readonly told: PairVerdict | undefined;
}

/**
 * Holds an expectation against the model. `allow` holds when every pod of the one may reach every pod of the other on the
 * port (without one: on every port that it declares); `deny` when none may (without a port: on any port whatever).
 */
export function checkExpectation(
  model: PolicyModel,
  enforcement: Enforcement,
  expect: 'allow' | 'deny',
  from: Party,
  to: Party,
  ports: readonly AskedPort[] | undefined,
): Outcome {
  if (expect === 'deny' && ports === undefined) return nothingPasses(model, enforcement, from, to);
  const judged = judgePair(model, enforcement, from, to, ports);
  const pairs = judged.ports.flatMap((port) => port.pairs);
  if (pairs.length === 0)
    return { result: 'unknown', is: 'not to be told: nothing there listens on that port', told: undefined };
  const wanted: Answer = expect === 'allow' ? 'yes' : 'no';
  const against = pairs.filter(({ verdict }) => says(verdict, wanted === 'yes' ? 'no' : 'yes'));
  const open = pairs.filter(({ verdict }) => verdict.answer === 'depends');
  const total = pairs.reduce((sum, { count }) => sum + count, 0);
  const word = expect === 'allow' ? 'denied' : 'allowed';
  const [first] = against;
  if (first !== undefined) {
    const count = against.reduce((sum, pair) => sum + pair.count, 0);
    return {
      result: 'fails',
      is: count === total ? word : `${word} for ${count} of ${total} pairs of pods`,
      told: first,
    };
  }
  if (open[0] !== undefined) return { result: 'unknown', is: 'not decided', told: open[0] };
  return { result: 'holds', is: expect === 'allow' ? 'allowed' : 'denied', told: pairs[0] };
}

/** A part of a range that is answered otherwise counts as well. */
function says({ answer, reasons }: PairVerdict['verdict'], wanted: Answer): boolean {
  if (answer === wanted) return true;
  return reasons.some((reason) => reason.code === 'partOfRange' && reason.parts.some((part) => part.answer === wanted));
}

function nothingPasses(model: PolicyModel, { enforced }: Enforcement, from: Party, to: Party): Outcome {
  let unsure = false;
  for (const { from: a, to: b } of pairsOf(model, from, to)) {
    if (isSame(a, b)) continue;
    const sets = pairSets(model, a, b);
    const open = enforced === 'no' ? ALL_PORTS : surely(sets);
    if (open.length > 0) return { result: 'fails', is: `allowed on ${portWords(open)}`, told: undefined };
    // Parts of a range that differ come out as a doubt; they are asked one by one where a port is named.
    const doubt = perhaps(sets);
    if (doubt.length > 0 && (a.type === 'range' || b.type === 'range')) {
      return { result: 'fails', is: `allowed on ${portWords(doubt)} for some of the addresses`, told: undefined };
    }
    if (doubt.length > 0) unsure = true;
  }
  return unsure
    ? { result: 'unknown', is: 'not decided', told: undefined }
    : { result: 'holds', is: 'denied', told: undefined };
}
