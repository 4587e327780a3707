import { evaluateUnits } from '../../../shared/policy/evaluate/evaluate.ts';
import type { Answer, Decision, Reason, SideWalk } from '../../../shared/policy/evaluate/verdict.ts';
import { isolating, type PolicyModel } from '../../../shared/policy/model.ts';
import {
  hasPort,
  type PortSet,
  type Protocol,
  portRange,
  toPortRanges,
  unionPorts,
} from '../../../shared/policy/rules/port-set.ts';
import type { Direction } from '../../../shared/policy/rules/rules.ts';
import type { Unit } from '../../../shared/policy/rules/units.ts';

/** What decides about a group, on which ports. */
export interface Via {
  readonly ports: PortSet;
  /** The side whose policies decide. */
  readonly direction: Direction;
  readonly decision: Decision;
  readonly reasons: readonly Reason[];
}

/** Ports looked at for one group; a rule list that splits them further is told in part. */
const MOST_SAMPLES = 24;

/** The rules that decide about some ports of a pair, each with its ports. */
export function viasOf(
  model: PolicyModel,
  unit: Unit,
  other: Unit,
  direction: Direction,
  set: PortSet,
  answer: Answer,
): readonly Via[] {
  const [from, to] = direction === 'ingress' ? [other, unit] : [unit, other];
  const found = new Map<string, { via: Via }>();
  for (const { protocol, port, until } of samplesOf(model, unit, direction, set)) {
    const verdict = evaluateUnits(model, from, to, { protocol, port });
    const side = decidingSide(verdict, direction, answer);
    const key = JSON.stringify([side.direction, side.decision, verdict.reasons]);
    const ports = portRange(protocol, port, until);
    const known = found.get(key);
    if (known !== undefined) known.via = { ...known.via, ports: unionPorts(known.via.ports, ports) };
    else
      found.set(key, { via: { ports, direction: side.direction, decision: side.decision, reasons: verdict.reasons } });
  }
  return [...found.values()].map(({ via }) => via);
}

/** The target's own side, unless it is the other that says no or cannot tell. */
function decidingSide(
  verdict: { readonly egress: SideWalk; readonly ingress: SideWalk },
  direction: Direction,
  answer: Answer,
): SideWalk {
  const own = verdict[direction];
  const other = verdict[direction === 'ingress' ? 'egress' : 'ingress'];
  if (own.answer !== answer) return other;
  // Where nothing stands at the one side, the rule of the other tells more.
  return own.decision.by === 'default' && other.answer === answer && other.decision.by === 'rule' ? other : own;
}

function samplesOf(
  model: PolicyModel,
  unit: Unit,
  direction: Direction,
  set: PortSet,
): readonly { readonly protocol: Protocol; readonly port: number; readonly until: number }[] {
  const rules = unit.type === 'pod' ? isolating(model, unit, direction).flatMap(({ policy }) => policy[direction]) : [];
  const edges = rules.flatMap(({ ports }) => toPortRanges(ports.fixed));
  const samples = toPortRanges(set).flatMap(({ protocol, from, to }) => {
    const starts = new Set([from]);
    for (const edge of edges) {
      if (edge.protocol !== protocol) continue;
      if (edge.from > from && edge.from <= to) starts.add(edge.from);
      if (edge.to >= from && edge.to < to) starts.add(edge.to + 1);
    }
    const sorted = [...starts].sort((a, b) => a - b);
    return sorted.map((port, at) => ({ protocol, port, until: (sorted[at + 1] ?? to + 1) - 1 }));
  });
  return samples.filter(({ protocol, port }) => hasPort(set, protocol, port)).slice(0, MOST_SAMPLES);
}
