import { type Judged, selects } from '../evaluate/side.ts';
import { type PolicyModel, tiersOf } from '../model.ts';
import {
  type Direction,
  type NamedPort,
  type Peer,
  type Policy,
  rulesIn,
  type Tier,
  type Tri,
} from '../rules/rules.ts';
import type { Unit } from '../rules/units.ts';
import { type ClassIndex, membersOf, type PodClass } from './classes.ts';

/**
 * The policies that select a class for one direction. Classes that the same policies select are the same receiver or
 * sender: only the other end can make a difference between them.
 */
export interface Profile {
  readonly id: number;
  readonly direction: Direction;
  /** The tiers of the model with nothing in them but selecting policies. Empty: open. */
  readonly tiers: readonly Tier[];
  readonly selects: (policy: Policy) => Tri;
  /** A class that has the profile. */
  readonly example: PodClass;
}

/** The policies of a profile as they meet another end. */
export function judgedBy({ direction, tiers, selects: selecting, example }: Profile, other: Unit): Judged {
  return { direction, tiers, other, selects: selecting, receiver: direction === 'egress' ? other : example.unit };
}

export interface Profiles {
  readonly all: readonly Profile[];
  /** By class id. */
  readonly of: readonly Profile[];
}

/** More policies of the whole cluster than this are looked up by what they select, not held against each class. */
const FEW = 20;

/**
 * The profile of a class for one direction, found when first asked for: a question about one pod needs those of the few
 * classes that its own policies do not shut out, and those are held against the policies of their namespace alone.
 */
export function profileFinder(model: PolicyModel, index: ClassIndex, direction: Direction): (cls: PodClass) => Profile {
  const wide = model.policies.filter(({ ref }) => ref.kind !== 'NetworkPolicy').length;
  if (wide > FEW) {
    const { of } = buildProfiles(model, index, direction);
    return (cls) => of[cls.id] as Profile;
  }
  const ids = new Map<Policy, number>();
  const byKey = new Map<string, Profile>();
  const byClass: (Profile | undefined)[] = [];
  return (cls) => {
    const known = byClass[cls.id];
    if (known !== undefined) return known;
    const found = new Map<Policy, Tri>();
    let key = '';
    for (const { groups } of tiersOf(model, cls.unit)) {
      for (const group of groups) {
        for (const policy of group) {
          if (!policy.affects[direction]) continue;
          const selected = selects(policy, cls.unit, model.context);
          if (selected === 'no') continue;
          const id = ids.get(policy) ?? ids.size;
          ids.set(policy, id);
          found.set(policy, selected);
          key += selected === 'yes' ? `${id},` : `${id}?,`;
        }
      }
    }
    if (key !== '' && direction === 'ingress') key += `|${cls.names}`;
    let profile = byKey.get(key);
    if (profile === undefined) {
      profile = profileOf(model, byKey.size, direction, found, cls);
      byKey.set(key, profile);
    }
    byClass[cls.id] = profile;
    return profile;
  };
}

type Selection = readonly (readonly [policy: number, selects: Tri])[];

/** The profiles of all classes for one direction. Policies that do not affect it are not even compiled. */
export function buildProfiles(model: PolicyModel, index: ClassIndex, direction: Direction): Profiles {
  const selected: [number, Tri][][] = index.classes.map(() => []);
  model.policies.forEach((policy, at) => {
    if (policy.subject === undefined || !policy.affects[direction]) return;
    const { yes, maybe } = membersOf(policy.subject, index, model.context);
    for (const { id } of yes) selected[id]?.push([at, 'yes']);
    for (const { id } of maybe) selected[id]?.push([at, 'maybe']);
  });
  const byKey = new Map<string, Profile>();
  const of = index.classes.map((cls): Profile => {
    const selection = selected[cls.id] ?? [];
    const key = keyOf(selection, cls, direction);
    let profile = byKey.get(key);
    if (profile === undefined) {
      profile = buildProfile(model, byKey.size, direction, selection, cls);
      byKey.set(key, profile);
    }
    return profile;
  });
  return { all: [...byKey.values()], of };
}

/** Port names of a receiver belong to its profile, as the same rule opens other numbers on another pod. */
function keyOf(selection: Selection, cls: PodClass, direction: Direction): string {
  if (selection.length === 0) return '';
  let key = '';
  for (const [policy, tri] of selection) key += tri === 'yes' ? `${policy},` : `${policy}?,`;
  return direction === 'ingress' ? `${key}|${cls.names}` : key;
}

function buildProfile(
  model: PolicyModel,
  id: number,
  direction: Direction,
  selection: Selection,
  example: PodClass,
): Profile {
  const found = new Map<Policy, Tri>();
  for (const [at, tri] of selection) {
    const policy = model.policies[at];
    if (policy !== undefined) found.set(policy, tri);
  }
  return profileOf(model, id, direction, found, example);
}

function profileOf(
  model: PolicyModel,
  id: number,
  direction: Direction,
  found: ReadonlyMap<Policy, Tri>,
  example: PodClass,
): Profile {
  const tiers = found.size === 0 ? [] : narrowTiers(tiersOf(model, example.unit), (policy) => found.has(policy));
  return { id, direction, tiers, selects: (policy) => found.get(policy) ?? 'no', example };
}

/** The tiers with some of their policies; tiers and groups without any are left out. */
export function narrowTiers(tiers: readonly Tier[], keep: (policy: Policy) => boolean): readonly Tier[] {
  return tiers.flatMap((tier) => {
    const groups = tier.groups.map((group) => group.filter(keep)).filter((group) => group.length > 0);
    return groups.length === 0 ? [] : [{ ...tier, groups }];
  });
}

/** The peers that the rules of some tiers name, each object once. */
export function peersIn(tiers: readonly Tier[], direction: Direction): readonly Peer[] {
  return [...new Set(rulesIn(tiers, direction).flatMap(({ peers }) => (peers === 'any' ? [] : peers)))];
}

/** The port names that the rules of some tiers use; repeated ones are not sorted out. */
export function namesIn(tiers: readonly Tier[], direction: Direction): readonly NamedPort[] {
  return rulesIn(tiers, direction).flatMap(({ ports }) => ports.named);
}
