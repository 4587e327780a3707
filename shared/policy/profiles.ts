import { classIndexOf, membersOf, type PodClass } from './classes.ts';
import type { Match } from './decide.ts';
import { type PolicyModel, tiersOf } from './model.ts';
import { type Direction, type NamedPort, type Peer, type Policy, rulesOf, type Tier, type Tri } from './rules.ts';

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
  /** The peers that the rules name, each once. */
  readonly peers: readonly Peer[];
  /** The port names that the rules use, each once. */
  readonly names: readonly NamedPort[];
  /** A class that has the profile. */
  readonly example: PodClass | undefined;
}

export interface Profiles {
  readonly egress: readonly Profile[];
  readonly ingress: readonly Profile[];
  /** By class id. */
  readonly egressOf: readonly Profile[];
  readonly ingressOf: readonly Profile[];
}

/** Profiles of all classes, computed once per model. */
export function profilesOf(model: PolicyModel): Profiles {
  return model.memo('profiles', () => buildProfiles(model));
}

type Selection = readonly (readonly [policy: number, selects: Tri])[];

function buildProfiles(model: PolicyModel): Profiles {
  const { classes, byNamespace } = classIndexOf(model);
  const index = classIndexOf(model);
  const selected: Record<Direction, [number, Tri][][]> = {
    egress: classes.map(() => []),
    ingress: classes.map(() => []),
  };
  model.policies.forEach((policy, at) => {
    if (policy.subject === undefined) return;
    if (policy.subject.namespace !== undefined && !byNamespace.has(policy.subject.namespace)) return;
    const members = membersOf(policy.subject, index, model.context);
    for (const tri of ['yes', 'maybe'] as const) {
      for (const { id } of members[tri]) {
        if (policy.ingress !== undefined) selected.ingress[id]?.push([at, tri]);
        if (policy.egress !== undefined) selected.egress[id]?.push([at, tri]);
      }
    }
  });
  const egress = intern(model, classes, selected.egress, 'egress');
  const ingress = intern(model, classes, selected.ingress, 'ingress');
  return { egress: egress.profiles, egressOf: egress.of, ingress: ingress.profiles, ingressOf: ingress.of };
}

/** Port names of the receiver belong to its ingress profile, as the same rule opens other numbers on another pod. */
function intern(
  model: PolicyModel,
  classes: readonly PodClass[],
  selected: readonly Selection[],
  direction: Direction,
): { readonly profiles: readonly Profile[]; readonly of: readonly Profile[] } {
  const byKey = new Map<string, Profile>();
  const of = classes.map((cls): Profile => {
    const selection = selected[cls.id] ?? [];
    let key = '';
    for (const [policy, tri] of selection) key += tri === 'yes' ? `${policy},` : `${policy}?,`;
    if (direction === 'ingress' && key !== '' && cls.names !== '') key += `|${cls.names}`;
    let profile = byKey.get(key);
    if (profile === undefined) {
      profile = buildProfile(model, byKey.size, direction, selection, cls);
      byKey.set(key, profile);
    }
    return profile;
  });
  return { profiles: [...byKey.values()], of };
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
  const tiers = found.size === 0 ? [] : tiersOf(model, example.unit).flatMap((tier) => narrowed(tier, found));
  const rules = [...found.keys()].flatMap((policy) => rulesOf(policy, direction) ?? []);
  const names = new Map(
    rules.flatMap(({ ports }) => ports.named).map((named) => [`${named.protocol ?? ''}/${named.name}`, named]),
  );
  return {
    id,
    direction,
    tiers,
    selects: (policy) => found.get(policy) ?? 'no',
    peers: [...new Set(rules.flatMap(({ peers }) => (peers === 'any' ? [] : peers)))],
    names: [...names.values()],
    example: found.size === 0 ? undefined : example,
  };
}

function narrowed(tier: Tier, found: ReadonlyMap<Policy, Tri>): readonly Tier[] {
  const groups = tier.groups
    .map((group) => group.filter((policy) => found.has(policy)))
    .filter((group) => group.length > 0);
  return groups.length === 0 ? [] : [{ ...tier, groups }];
}

/** How a profile's policies meet one other end. */
export function matchOfProfile(profile: Profile, peer: Match['peer'], port: Match['port']): Match {
  return { selects: profile.selects, peer, port };
}
