/**
 * Pods that behave alike towards everything: the same policies select them for both directions, and no rule of any policy
 * tells them apart as the other end. All answers about pairs are answers about pairs of behaviours, of which a cluster of
 * thousands of pods has a few hundred.
 */
import type { AddressRange } from './addresses.ts';
import { classIndexOf, type PodClass } from './classes.ts';
import { decide } from './decide.ts';
import { type Face, type FaceMembers, type Faces, facesOf } from './faces.ts';
import { matchPeer } from './match.ts';
import type { PolicyModel } from './model.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import { createPartition } from './partition.ts';
import { type Profile, profilesOf } from './profiles.ts';
import type { Peer } from './rules.ts';
import { namedPort } from './side.ts';

export interface Behaviour {
  readonly id: number;
  /** Empty for addresses outside the cluster. */
  readonly classes: readonly PodClass[];
  /** Empty for pods. Parts of the address space that no rule tells apart. */
  readonly ranges: readonly AddressRange[];
  readonly egress: Profile | undefined;
  readonly ingress: Profile | undefined;
  /** The group of each face; two where the address families can differ. */
  readonly groups: readonly FaceGroup[];
}

/** Faces that no rule tells apart. */
export interface FaceGroup {
  readonly id: number;
  readonly face: Face;
  /** Undefined where the pod has no address, or no rule names one. */
  readonly family: 4 | 6 | undefined;
}

/** All behaviours of a model with the means to combine them. */
export interface Behaviours {
  readonly pods: readonly Behaviour[];
  readonly outside: readonly Behaviour[];
  readonly ofClass: readonly Behaviour[];
  readonly outcomes: Outcomes;
  /** What may happen between two behaviours, as a number for `outcomes.get`. A pod's traffic to itself is not meant. */
  between(from: Behaviour, to: Behaviour): number;
}

/** Computed once per model. */
export function behavioursOf(model: PolicyModel): Behaviours {
  return model.memo('behaviours', () => build(model));
}

function build(model: PolicyModel): Behaviours {
  const faces = facesOf(model);
  const profiles = profilesOf(model);
  const grouping = groupFaces(model, faces);
  const outcomes = createOutcomes();
  const pods: Behaviour[] = [];
  const byKey = new Map<string, { readonly behaviour: Behaviour; readonly classes: PodClass[] }>();
  const ofClass = classIndexOf(model).classes.map((cls): Behaviour => {
    const egress = profiles.egressOf[cls.id];
    const ingress = profiles.ingressOf[cls.id];
    const groups = (faces.ofClass[cls.id] ?? []).map(grouping.groupOf);
    const key = `${egress?.id} ${ingress?.id} ${groups.map(({ id, family }) => `${id}/${family}`).join(' ')}`;
    let entry = byKey.get(key);
    if (entry === undefined) {
      const classes: PodClass[] = [];
      entry = { behaviour: { id: pods.length, classes, ranges: [], egress, ingress, groups }, classes };
      byKey.set(key, entry);
      pods.push(entry.behaviour);
    }
    entry.classes.push(cls);
    return entry.behaviour;
  });
  const outside = outsideBehaviours(faces, grouping, pods.length);
  const egressRow = rowsOf(model, grouping, outcomes, profiles.egress.length);
  const ingressRow = rowsOf(model, grouping, outcomes, profiles.ingress.length);
  const onePair = (from: Behaviour, source: FaceGroup, to: Behaviour, destination: FaceGroup): number => {
    const out = from.egress === undefined ? 0 : (egressRow(from.egress)[destination.id] ?? 0);
    const into = to.ingress === undefined ? 0 : (ingressRow(to.ingress)[source.id] ?? 0);
    return out === 0 ? into : into === 0 ? out : outcomes.both(out, into);
  };
  return {
    pods,
    outside,
    ofClass,
    outcomes,
    between: (from, to) => {
      const [source, otherSource] = from.groups;
      const [destination, otherDestination] = to.groups;
      if (source === undefined || destination === undefined) return 0;
      if (otherSource === undefined && otherDestination === undefined) return onePair(from, source, to, destination);
      let result: number | undefined;
      for (const [a, b] of sameFamily(from.groups, to.groups)) {
        const one = onePair(from, a, to, b);
        result = result === undefined ? one : outcomes.either(result, one);
      }
      return result ?? 0;
    },
  };
}

/** Pairs of faces between which a connection is possible; all of them when the ends share no family. */
function sameFamily(
  from: readonly FaceGroup[],
  to: readonly FaceGroup[],
): readonly (readonly [FaceGroup, FaceGroup])[] {
  const all = from.flatMap((a) => to.map((b) => [a, b] as const));
  const same = all.filter(([a, b]) => a.family === undefined || b.family === undefined || a.family === b.family);
  return same.length > 0 ? same : all;
}

interface Grouping {
  readonly groups: readonly FaceGroup[];
  readonly groupOf: (face: Face) => FaceGroup;
  /** The groups that a peer means. */
  readonly membersOf: (peer: Peer) => FaceMembers;
}

/** Groups faces by all peers of all policies that select anything, and by what they call the ports that rules name. */
function groupFaces(model: PolicyModel, faces: Faces): Grouping {
  const index = classIndexOf(model);
  const { egress, ingress } = profilesOf(model);
  const lists = new Set([...egress, ...ingress].flatMap(({ peers }) => peers.map(faces.membersOf)));
  const partition = createPartition(faces.all.length);
  partition.refineBy((id) => namesOf(faces.all[id]));
  for (const { yes, maybe } of lists) {
    partition.refine(yes);
    partition.refine(maybe);
  }
  // Group numbers are handed out anew, without the gaps that refining leaves.
  const byOld = new Map<number, FaceGroup>();
  const groups: FaceGroup[] = [];
  const of = faces.all.map((face): FaceGroup => {
    const old = partition.group[face.id] ?? 0;
    let group = byOld.get(old);
    if (group === undefined) {
      group = { id: groups.length, face, family: undefined };
      byOld.set(old, group);
      groups.push(group);
    }
    const family = index.usesBlocks ? familyOf(face) : undefined;
    return family === undefined ? group : { ...group, family };
  });
  const known = new Map<FaceMembers, FaceMembers>();
  const idsOf = (list: readonly number[]): number[] => [...new Set(list.map((face) => of[face]?.id ?? 0))];
  return {
    groups,
    groupOf: (face) => of[face.id] ?? { id: 0, face, family: undefined },
    membersOf: (peer) => {
      const members = faces.membersOf(peer);
      let found = known.get(members);
      if (found === undefined) {
        found = { yes: idsOf(members.yes), maybe: idsOf(members.maybe) };
        known.set(members, found);
      }
      return found;
    },
  };
}

function namesOf(face: Face | undefined): string {
  return face?.cls?.names ?? '';
}

function familyOf({ unit }: Face): 4 | 6 | undefined {
  return unit.type === 'range' ? unit.range.family : unit.addresses[0]?.family;
}

function outsideBehaviours(faces: Faces, { groupOf }: Grouping, firstId: number): readonly Behaviour[] {
  const byKey = new Map<string, { readonly behaviour: Behaviour; readonly ranges: AddressRange[] }>();
  for (const face of faces.outside) {
    if (face.unit.type !== 'range') continue;
    const group = groupOf(face);
    const key = `${group.id}/${group.family}`;
    let entry = byKey.get(key);
    if (entry === undefined) {
      const ranges: AddressRange[] = [];
      const id = firstId + byKey.size;
      entry = {
        behaviour: { id, classes: [], ranges, egress: undefined, ingress: undefined, groups: [group] },
        ranges,
      };
      byKey.set(key, entry);
    }
    entry.ranges.push(face.unit.range);
  }
  return [...byKey.values()].map(({ behaviour }) => behaviour);
}

/** The outcomes of a profile towards every group, one row per profile, made when first asked for. */
function rowsOf(
  model: PolicyModel,
  grouping: Grouping,
  outcomes: Outcomes,
  count: number,
): (profile: Profile) => ArrayLike<number> {
  const rows = new Array<ArrayLike<number> | undefined>(count).fill(undefined);
  return (profile) => {
    let row = rows[profile.id];
    if (row === undefined) {
      row = profile.tiers.length === 0 ? [] : buildRow(model, profile, grouping, outcomes);
      rows[profile.id] = row;
    }
    return row;
  };
}

/** Only the peers that this profile's rules name can make a difference, so few groups need to be judged. */
function buildRow(
  model: PolicyModel,
  profile: Profile,
  { groups, membersOf }: Grouping,
  outcomes: Outcomes,
): ArrayLike<number> {
  const partition = createPartition(groups.length);
  for (const members of new Set(profile.peers.map(membersOf))) {
    partition.refine(members.yes);
    partition.refine(members.maybe);
  }
  if (profile.direction === 'egress' && profile.names.length > 0) partition.refineBy((id) => namesOf(groups[id]?.face));
  const judged = new Array<number | undefined>(partition.count()).fill(undefined);
  const row = new Int32Array(groups.length);
  let highest = 0;
  for (const { id, face } of groups) {
    const part = partition.group[id] ?? 0;
    let outcome = judged[part];
    if (outcome === undefined) {
      outcome = outcomes.intern(judgeFace(model, profile, face));
      judged[part] = outcome;
    }
    row[id] = outcome;
    if (outcome > highest) highest = outcome;
  }
  return highest < 65536 ? Uint16Array.from(row) : row;
}

/** What a profile's policies say about one face. */
export function judgeFace(model: PolicyModel, profile: Profile, { unit }: Face): ReturnType<typeof decide> {
  const destination = profile.direction === 'egress' ? unit : (profile.example?.unit ?? unit);
  return decide(profile.tiers, profile.direction, {
    selects: profile.selects,
    peer: (peer) => matchPeer(peer, unit, model.context),
    port: (named) => namedPort(named, destination),
  });
}
