import { bothSides, eitherOf, perhaps, type SideSets, surely } from './decide.ts';
import { type Endpoint, familiesOf, inFamily, sidesOf, unitOfEndpoint } from './evaluate.ts';
import { type PolicyModel, tiersOf } from './model.ts';
import { ALL_PORTS, NO_PORTS, type PortSet } from './port-set.ts';
import { blocksOf, splitRange } from './range-parts.ts';
import { sideSets } from './side.ts';
import { isFinished, type Unit } from './units.ts';

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

const ALL: SideSets = { allow: ALL_PORTS, deny: NO_PORTS };
const NONE: SideSets = { allow: NO_PORTS, deny: ALL_PORTS };

/** What may happen between two units, over both sides, both address families and all parts of a range. */
export function pairSets(model: PolicyModel, from: Unit, to: Unit): SideSets {
  if ([from, to].some((unit) => unit.type === 'pod' && isFinished(unit.pod))) return NONE;
  if (from.type === 'pod' && to.type === 'pod' && from.pod === to.pod) return ALL;
  return over(familyPairs(from, to), ([source, destination]) => {
    if (source.type === 'range') {
      const parts = splitRange(source.range, blocksOf(tiersOf(model, destination), 'ingress'));
      return over(parts, (range) => onePair(model, { type: 'range', range }, destination));
    }
    if (destination.type !== 'range') return onePair(model, source, destination);
    const parts = splitRange(destination.range, blocksOf(tiersOf(model, source), 'egress'));
    return over(parts, (range) => onePair(model, source, { type: 'range', range }));
  });
}

/** The pair in each address family that both ends have, or as it is when they share none or have no address. */
export function familyPairs(from: Unit, to: Unit): readonly (readonly [Unit, Unit])[] {
  const families = familiesOf(from, to, undefined);
  if (families.length === 0) return [[from, to]];
  return families.map((family) => [inFamily(from, family), inFamily(to, family)] as const);
}

function over<T>(all: readonly T[], one: (item: T) => SideSets): SideSets {
  let result: SideSets | undefined;
  for (const item of all) {
    const sets = one(item);
    result = result === undefined ? sets : eitherOf(result, sets);
  }
  return result ?? ALL;
}

function onePair(model: PolicyModel, from: Unit, to: Unit): SideSets {
  const { egress, ingress } = sidesOf(model, from, to);
  return bothSides(sideSets(egress, model.context), sideSets(ingress, model.context));
}
