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

export interface Profiles {
  readonly all: readonly Profile[];
  /** By class id. */
  readonly of: readonly Profile[];
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
