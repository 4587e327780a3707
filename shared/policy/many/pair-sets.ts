import { bothSides, eitherOf, OPEN, perhaps, type SideSets, surely } from '../evaluate/decide.ts';
import { type Endpoint, familiesOf, inFamily, sidesOf, unitOfEndpoint } from '../evaluate/evaluate.ts';
import { sideSets } from '../evaluate/side.ts';
import { type PolicyModel, tiersOf } from '../model.ts';
import { ALL_PORTS, NO_PORTS, type PortSet } from '../rules/port-set.ts';
import { blocksOf, splitRange } from '../rules/range-parts.ts';
import type { Direction } from '../rules/rules.ts';
import { isFinished, isSamePod, type Unit } from '../rules/units.ts';

/** The ports that one endpoint may use to reach another. */
export interface AllowedPorts {
  /** Surely let through. */
  readonly allowed: PortSet;
  /** Let through or not; `evaluate` tells for one port why. */
  readonly depends: PortSet;
}

/** Every port at once. For a few pairs; `connectivity` answers for all. Throws as `evaluate` does. */
export function allowedPorts(model: PolicyModel, from: Endpoint, to: Endpoint): AllowedPorts {
  const sets = pairSets(model, unitOfEndpoint(model, from).unit, unitOfEndpoint(model, to).unit);
  return portsOfSets(sets);
}

/** Sets of possible ends as ports to show. */
export function portsOfSets(sets: SideSets): AllowedPorts {
  return { allowed: surely(sets), depends: perhaps(sets) };
}

/** What may happen between two units, over both sides, both address families and all parts of a range. */
export function pairSets(model: PolicyModel, from: Unit, to: Unit): SideSets {
  return judgePair(from, to, (source, destination) => {
    if (source.type === 'range') {
      const parts = splitRange(source.range, blocksOf(tiersOf(model, destination), 'ingress'));
      return over(parts, (range) => bothOf(model, { type: 'range', range }, destination));
    }
    if (destination.type !== 'range') return bothOf(model, source, destination);
    const parts = splitRange(destination.range, blocksOf(tiersOf(model, source), 'egress'));
    return over(parts, (range) => bothOf(model, source, { type: 'range', range }));
  });
}

/** The same for the policies of one side only: the receiver's for ingress. A range is judged as a whole. */
export function oneSide(model: PolicyModel, from: Unit, to: Unit, direction: Direction): SideSets {
  return judgePair(from, to, (source, destination) =>
    sideSets(sidesOf(model, source, destination)[direction], model.context),
  );
}

/** Judges a pair once for each address family that both ends have, or once when they share none or have no address. */
function judgePair(from: Unit, to: Unit, judge: (from: Unit, to: Unit) => SideSets): SideSets {
  if ([from, to].some((unit) => unit.type === 'pod' && isFinished(unit.pod))) return NONE;
  if (from.type === 'pod' && to.type === 'pod' && isSamePod(from.pod, to.pod)) return OPEN;
  const families = familiesOf(from, to, undefined);
  if (families.length === 0) return judge(from, to);
  return over(families, (family) => judge(inFamily(from, family), inFamily(to, family)));
}

const NONE: SideSets = { allow: NO_PORTS, deny: ALL_PORTS };

function over<T>(all: readonly T[], one: (item: T) => SideSets): SideSets {
  return all.map(one).reduce(eitherOf);
}

function bothOf(model: PolicyModel, from: Unit, to: Unit): SideSets {
  const { egress, ingress } = sidesOf(model, from, to);
  return bothSides(sideSets(egress, model.context), sideSets(ingress, model.context));
}
