import { evaluateUnits } from '../../../shared/policy/evaluate/evaluate.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { toPortRanges } from '../../../shared/policy/rules/port-set.ts';
import type { Unit } from '../../../shared/policy/rules/units.ts';
import { closedByWords } from '../words/closed-by.ts';
import type { Compared } from './compare.ts';
import type { DiffEnd, Group } from './sides.ts';
import type { Incoming } from './summary.ts';

/** Which policy stands in the way afterwards, for one of those who lose. */
export function whyClosed(
  compared: Compared,
  group: Group,
  end: DiffEnd | undefined,
  lost: readonly Incoming[],
): string | undefined {
  const [first] = lost;
  const range = first === undefined ? undefined : toPortRanges(first.ports)[0];
  const sender = first?.samples.find((one) => one !== group) ?? first?.samples[0];
  if (range === undefined || sender === undefined) return undefined;
  const { model } = compared.after;
  const from = unitOf(
    model,
    sender,
    sender.ends.find((one) => one !== end),
  );
  const to = unitOf(model, group, end);
  if (from === undefined || to === undefined) return undefined;
  const question = { protocol: range.protocol, port: range.from };
  return closedByWords(evaluateUnits(model, from, to, question), compared.places);
}

function unitOf(model: PolicyModel, group: Group, end: DiffEnd | undefined): Unit | undefined {
  const [range] = group.ranges;
  if (range !== undefined) return { type: 'range', range };
  const [pod] = (end ?? group.ends[0])?.after ?? [];
  return pod === undefined ? undefined : model.unitOf(pod);
}
