import type { AddressRange } from './addresses.ts';
import { classIndexOf } from './classes.ts';
import { decide, perhaps, surely } from './decide.ts';
import { type Endpoint, inFamily, unitOfEndpoint } from './evaluate.ts';
import { type Face, facesOf } from './faces.ts';
import { matchPeer } from './match.ts';
import { type PolicyModel, tiersOf } from './model.ts';
import { createOutcomes } from './outcomes.ts';
import { type AllowedPorts, pairSets } from './pair-sets.ts';
import { createPartition } from './partition.ts';
import { type Profile, profilesOf } from './profiles.ts';
import { blocksOf, splitRange } from './range-parts.ts';
import { type Direction, rulesOf, type Tier } from './rules.ts';
import { matchOf, namedPort, selects } from './side.ts';
import { isFinished, type PodUnit, type Unit } from './units.ts';

/** All others by what passes between them and the endpoint that was asked about. Groups with equal ports are one. */
export interface Reachable {
  readonly pods: readonly (AllowedPorts & { readonly units: readonly PodUnit[] })[];
  readonly outside: readonly (AllowedPorts & { readonly ranges: readonly AddressRange[] })[];
}

/** Who may reach `to`, and on what: one column of the matrix, without the cost of the others. The pod itself is left out. */
export function sourcesOf(model: PolicyModel, to: Endpoint): Reachable {
  return reach(model, unitOfEndpoint(model, to).unit, 'ingress');
}

/** What `from` may reach: one row of the matrix. */
export function destinationsOf(model: PolicyModel, from: Endpoint): Reachable {
  return reach(model, unitOfEndpoint(model, from).unit, 'egress');
}

/** `direction` is the side of `unit`; the others are judged for the opposite one. */
function reach(model: PolicyModel, unit: Unit, direction: Direction): Reachable {
  if (unit.type === 'pod' && isFinished(unit.pod)) return { pods: [], outside: [] };
  const faces = facesOf(model);
  const judge = createJudge(model, unit, direction);
  const pods = new Map<number, PodUnit[]>();
  const put = (outcome: number, units: readonly PodUnit[]): void => {
    const list = pods.get(outcome);
    if (list === undefined) pods.set(outcome, [...units]);
    else for (const one of units) list.push(one);
  };
  const { egressOf, ingressOf } = profilesOf(model);
  const others = direction === 'ingress' ? egressOf : ingressOf;
  for (const cls of classIndexOf(model).classes) {
    const profile = others[cls.id];
    if (profile === undefined) continue;
    const outcome = judge.pair(profile, faces.ofClass[cls.id] ?? []);
    const special = cls.units.filter((other) => isSpecial(unit, other));
    if (special.length === 0) {
      put(outcome, cls.units);
      continue;
    }
    put(
      outcome,
      cls.units.filter((other) => !special.includes(other)),
    );
    for (const other of special) {
      if (unit.type === 'pod' && unit.pod === other.pod) continue;
      const sets = direction === 'ingress' ? pairSets(model, other, unit) : pairSets(model, unit, other);
      put(judge.outcomes.intern(sets), [other]);
    }
  }
  const outside = new Map<number, AddressRange[]>();
  for (const face of unit.type === 'range' ? [] : faces.outside) {
    if (face.unit.type !== 'range') continue;
    const outcome = judge.pair(undefined, [face]);
    const list = outside.get(outcome);
    if (list === undefined) outside.set(outcome, [face.unit.range]);
    else list.push(face.unit.range);
  }
  const portsOf = (outcome: number): AllowedPorts => {
    const sets = judge.outcomes.get(outcome);
    return { allowed: surely(sets), depends: perhaps(sets) };
  };
  return {
    pods: [...pods].filter(([, units]) => units.length > 0).map(([outcome, units]) => ({ ...portsOf(outcome), units })),
    outside: [...outside].map(([outcome, ranges]) => ({ ...portsOf(outcome), ranges })),
  };
}

/** The pod itself, and pairs on one node of which one end is, or looks like, the node: `nodeLocal` speaks of pods. */
function isSpecial(unit: Unit, other: PodUnit): boolean {
  if (unit.type === 'range') return false;
  if (unit.type === 'node') return other.nodeName === unit.name;
  if (unit.pod === other.pod) return true;
  return (unit.hostNetwork || other.hostNetwork) && unit.nodeName !== '' && unit.nodeName === other.nodeName;
}

interface Judge {
  readonly outcomes: ReturnType<typeof createOutcomes>;
  /** The outcome towards another end: its policies (none outside the cluster) and its faces. */
  pair(profile: Profile | undefined, faces: readonly Face[]): number;
}

/** Judges the other ends part by part: faces that the endpoint's own rules do not tell apart share an answer. */
function createJudge(model: PolicyModel, unit: Unit, direction: Direction): Judge {
  const outcomes = createOutcomes();
  const own = fixedUnits(model, unit, direction);
  const tiers = selectingTiers(model, unit, direction);
  const parts = partitionFor(model, tiers, direction);
  const ownKnown = new Map<number, number>();
  const otherKnown = new Map<number, number>();
  const ownOutcome = (face: Face, at: number, fixed: Unit): number =>
    cached(ownKnown, (parts[face.id] ?? 0) * own.length + at, () =>
      outcomes.intern(
        decide(tiers, direction, matchOf({ direction, tiers, subject: fixed, other: face.unit }, model.context)),
      ),
    );
  const otherOutcome = (profile: Profile, at: number, fixed: Unit): number =>
    cached(otherKnown, profile.id * own.length + at, () => {
      const destination = profile.direction === 'egress' ? fixed : (profile.example?.unit ?? fixed);
      const match = {
        selects: profile.selects,
        peer: (peer: Parameters<typeof matchPeer>[0]) => matchPeer(peer, fixed, model.context),
        port: (named: Parameters<typeof namedPort>[0]) => namedPort(named, destination),
      };
      return outcomes.intern(decide(profile.tiers, profile.direction, match));
    });
  return {
    outcomes,
    pair: (profile, faces) => {
      let result: number | undefined;
      for (const [face, at] of sameFamily(faces, own)) {
        const fixed = own[at] ?? unit;
        const mine = ownOutcome(face, at, fixed);
        const theirs = profile === undefined || profile.tiers.length === 0 ? 0 : otherOutcome(profile, at, fixed);
        const one = outcomes.both(mine, theirs);
        result = result === undefined ? one : outcomes.either(result, one);
      }
      return result ?? 0;
    },
  };
}

function cached(known: Map<number, number>, key: number, compute: () => number): number {
  let value = known.get(key);
  if (value === undefined) {
    value = compute();
    known.set(key, value);
  }
  return value;
}

/** The endpoint once for each family, or for each part of a range that the rules of others tell apart. */
function fixedUnits(model: PolicyModel, unit: Unit, direction: Direction): readonly Unit[] {
  if (unit.type === 'range') {
    const tiers: readonly Tier[] = [{ name: 'networkPolicy', groups: [model.policies], unmatched: 'next' }];
    const blocks = blocksOf(tiers, direction === 'ingress' ? 'egress' : 'ingress');
    return splitRange(unit.range, blocks).map((range) => ({ type: 'range', range }));
  }
  if (unit.type === 'pod' && !classIndexOf(model).usesBlocks) return [unit];
  const families = [...new Set(unit.addresses.map(({ family }) => family))].sort();
  return families.length < 2 ? [unit] : families.map((family) => inFamily(unit, family));
}

function selectingTiers(model: PolicyModel, unit: Unit, direction: Direction): readonly Tier[] {
  return tiersOf(model, unit).flatMap((tier) => {
    const groups = tier.groups
      .map((group) =>
        group.filter(
          (policy) => rulesOf(policy, direction) !== undefined && selects(policy, unit, model.context) !== 'no',
        ),
      )
      .filter((group) => group.length > 0);
    return groups.length === 0 ? [] : [{ ...tier, groups }];
  });
}

/** The part of each face, by face id. */
function partitionFor(model: PolicyModel, tiers: readonly Tier[], direction: Direction): Int32Array {
  const faces = facesOf(model);
  const partition = createPartition(faces.all.length);
  const rules = tiers.flatMap(({ groups }) => groups.flat()).flatMap((policy) => rulesOf(policy, direction) ?? []);
  const members = new Set(rules.flatMap(({ peers }) => (peers === 'any' ? [] : peers.map(faces.membersOf))));
  for (const { yes, maybe } of members) {
    partition.refine(yes);
    partition.refine(maybe);
  }
  // The names of ports are the destination's: here those of the others.
  if (direction === 'egress' && rules.some(({ ports }) => ports.named.length > 0)) {
    partition.refineBy((id) => faces.all[id]?.cls?.names ?? '');
  }
  return partition.group;
}

/** Faces with the fixed units they can talk to: those of the same family, or all when there is none in common. */
function sameFamily(faces: readonly Face[], own: readonly Unit[]): readonly (readonly [Face, number])[] {
  if (faces.length === 1 && own.length === 1) return faces.map((face) => [face, 0]);
  const all = faces.flatMap((face) => own.map((_, at) => [face, at] as const));
  const same = all.filter(([face, at]) => {
    const [a, b] = [familyOf(face.unit), familyOf(own[at])];
    return a === undefined || b === undefined || a === b;
  });
  return same.length > 0 ? same : all;
}

function familyOf(unit: Unit | undefined): 4 | 6 | undefined {
  if (unit === undefined) return undefined;
  return unit.type === 'range' ? unit.range.family : unit.addresses[0]?.family;
}
