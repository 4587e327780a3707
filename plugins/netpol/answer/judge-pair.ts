import { type Enforcement, underEnforcement } from '../../../shared/policy/enforcement/enforcement.ts';
import { evaluateUnits } from '../../../shared/policy/evaluate/evaluate.ts';
import type { Answer, PortQuestion, Verdict } from '../../../shared/policy/evaluate/verdict.ts';
import { pairSets, portsOfSets } from '../../../shared/policy/many/pair-sets.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import {
  ALL_PORTS,
  formatPorts,
  intersectPorts,
  isAllPorts,
  type PortSet,
  type Protocol,
  subtractPorts,
  toPortRanges,
  unionPorts,
} from '../../../shared/policy/rules/port-set.ts';
import { declaredPortsOf, type Unit } from '../../../shared/policy/rules/units.ts';
import type { Party } from '../targets/party.ts';
import type { AskedPort } from '../targets/ports.ts';
import { isSame, type Pair, pairsOf } from './pairs.ts';

/** What became of one pair on one port. */
export interface PairVerdict {
  readonly from: Unit;
  readonly to: Unit;
  readonly question: PortQuestion;
  readonly verdict: Verdict;
  /** How many pairs it stands for. */
  readonly count: number;
  /** The port stands for all that were not named, so its number means nothing. */
  readonly anyPort?: true;
}

/** What became of one port over all pairs. */
export interface PortVerdict {
  readonly words: string;
  readonly protocol: Protocol;
  readonly answer: Answer;
  /** The pairs behind the answer; the one to tell first. */
  readonly pairs: readonly PairVerdict[];
  /** Members of the destination that do not have the port. */
  readonly without: number;
}

/** The whole answer to "can A reach B". */
export interface Judged {
  readonly answer: Answer;
  /** Set when some ports are open and others are not. */
  readonly mixed: boolean;
  readonly ports: readonly PortVerdict[];
  /** Ports open from every member to every member, and those that are not decided; told when no port was named. */
  readonly allowed: PortSet;
  readonly depends: PortSet;
  /** True when the ports judged are those that the destination declares, as none was named. */
  readonly declared: boolean;
}

/** Judges all pairs of two parties on the ports asked about; without any, on those that the destination declares. */
export function judgePair(
  model: PolicyModel,
  enforcement: Enforcement,
  from: Party,
  to: Party,
  asked: readonly AskedPort[] | undefined,
): Judged {
  const pairs = pairsOf(model, from, to);
  const sets = asked === undefined ? setsOf(model, pairs) : { allowed: [], depends: [] };
  const ports = asked ?? declaredPorts(to);
  const verdicts = ports.map((port) => judgePort(model, enforcement, pairs, port));
  if (verdicts.length === 0) verdicts.push(...anyPort(model, enforcement, pairs, sets));
  const answers = new Set(verdicts.map(({ answer }) => answer));
  const [only] = [...answers];
  const answer = answers.size === 1 && only !== undefined ? only : 'depends';
  return {
    answer,
    mixed: answers.size > 1,
    ports: verdicts,
    ...sets,
    declared: asked === undefined && ports.length > 0,
  };
}

function judgePort(
  model: PolicyModel,
  enforcement: Enforcement,
  pairs: readonly Pair[],
  { words, protocol, on, family }: AskedPort,
): PortVerdict {
  let without = 0;
  const judged = pairs.flatMap(({ from, to, count }): readonly PairVerdict[] => {
    const port = on(to);
    if (port === undefined) {
      without += count;
      return [];
    }
    const question: PortQuestion = { protocol, port, ...(family === undefined ? {} : { family }) };
    return [{ from, to, question, count, verdict: judge(model, enforcement, from, to, question) }];
  });
  return { words, protocol, without, ...summed(judged) };
}

function judge(model: PolicyModel, enforcement: Enforcement, from: Unit, to: Unit, question: PortQuestion): Verdict {
  // Two members that are alike may be one pod twice: what is asked is about two different ones.
  const other = isSame(from, to) && from.type === 'pod' ? twinOf(from) : from;
  return underEnforcement(evaluateUnits(model, other, to, question), enforcement);
}

/** Another pod like this one: a replica. */
function twinOf(unit: Extract<Unit, { type: 'pod' }>): Unit {
  const { uid: _uid, ...metadata } = unit.pod.metadata ?? {};
  return { ...unit, addresses: unit.addresses, pod: { ...unit.pod, metadata } };
}

function summed(pairs: readonly PairVerdict[]): Pick<PortVerdict, 'answer' | 'pairs'> {
  const answers = new Set(pairs.map(({ verdict }) => verdict.answer));
  const [only] = [...answers];
  const answer: Answer = answers.size === 1 && only !== undefined ? only : answers.size === 0 ? 'no' : 'depends';
  // What keeps traffic out is told before what lets it in.
  const weight: Readonly<Record<Answer, number>> = { no: 0, depends: 1, yes: 2 };
  const sorted = [...pairs].sort((a, b) => weight[a.verdict.answer] - weight[b.verdict.answer]);
  return { answer, pairs: sorted };
}

function setsOf(model: PolicyModel, pairs: readonly Pair[]): { readonly allowed: PortSet; readonly depends: PortSet } {
  let allowed: PortSet | undefined;
  let depends: PortSet = [];
  for (const { from, to } of pairs) {
    const one = portsOfSets(pairSets(model, from, to));
    allowed = allowed === undefined ? one.allowed : intersectPorts(allowed, one.allowed);
    depends = unionPorts(depends, one.depends);
  }
  return { allowed: allowed ?? [], depends };
}

/** The ports that the destination declares, each once. */
function declaredPorts(to: Party): readonly AskedPort[] {
  const found = new Map<string, AskedPort>();
  for (const unit of to.members) {
    if (unit.type !== 'pod') continue;
    for (const { protocol, number, name } of declaredPortsOf(unit.pod)) {
      const words = `${protocol} ${number}${name === '' ? '' : ` (${name})`}`;
      const has = (member: Unit): number | undefined =>
        member.type === 'pod' &&
        declaredPortsOf(member.pod).some((entry) => entry.number === number && entry.protocol === protocol)
          ? number
          : undefined;
      found.set(`${protocol} ${number}`, { words, protocol, on: has });
    }
  }
  return [...found.values()];
}

/** No port is named and none declared: one port stands for all that are open, one for the undecided, one for the rest. */
function anyPort(
  model: PolicyModel,
  enforcement: Enforcement,
  pairs: readonly Pair[],
  { allowed, depends }: { readonly allowed: PortSet; readonly depends: PortSet },
): readonly PortVerdict[] {
  const unsure = subtractPorts(depends, allowed);
  const rest = subtractPorts(ALL_PORTS, unionPorts(allowed, unsure));
  return [allowed, unsure, rest].flatMap((set) => {
    const [first] = toPortRanges(set);
    if (first === undefined) return [];
    const anyPort = set === rest || isAllPorts(set);
    const words = anyPort ? 'any other port' : formatPorts(set);
    const verdict = judgePort(model, enforcement, pairs, { words, protocol: first.protocol, on: () => first.from });
    return [anyPort ? { ...verdict, pairs: verdict.pairs.map((pair) => ({ ...pair, anyPort })) } : verdict];
  });
}
