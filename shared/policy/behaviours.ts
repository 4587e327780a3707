/**
 * Pods that behave alike towards everything: the same policies select them for both directions, and no rule of any policy
 * tells them apart as the other end. All answers about pairs are answers about pairs of behaviours, of which a cluster of
 * thousands of pods has a few hundred.
 */
import type { AddressRange } from './addresses.ts';
import { type ClassIndex, classIndexOf, type PodClass } from './classes.ts';
import { decide } from './decide.ts';
import { type Face, type FaceMembers, type Faces, facesOf } from './faces.ts';
import { matchPeer } from './match.ts';
import type { PolicyModel } from './model.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import { createPartition } from './partition.ts';
import { buildProfiles, namesIn, type Profile, peersIn } from './profiles.ts';
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
  /**
   * What may happen from one behaviour to each of them, by id, as numbers for `outcomes.get`. A pod's traffic to itself is
   * not meant. An array can be given to be filled anew.
   */
  rowOf(from: Behaviour, into?: Int32Array): Int32Array;
}

/** Computed once per model. */
export function behavioursOf(model: PolicyModel): Behaviours {
  return model.memo('behaviours', () => build(model));
}

function build(model: PolicyModel): Behaviours {
  const faces = facesOf(model);
  const index = classIndexOf(model);
  const senders = buildProfiles(model, index, 'egress');
  const receivers = buildProfiles(model, index, 'ingress');
  const grouping = groupFaces(index, faces, [...senders.all, ...receivers.all]);
  const outcomes = createOutcomes();
  const pods: Behaviour[] = [];
  const byKey = new Map<string, { readonly behaviour: Behaviour; readonly classes: PodClass[] }>();
  const ofClass = index.classes.map((cls): Behaviour => {
    const egress = senders.of[cls.id];
    const ingress = receivers.of[cls.id];
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
  const egressRow = rowsOf(model, grouping, outcomes, senders.all.length);
  const ingressRow = rowsOf(model, grouping, outcomes, receivers.all.length);
  const all = [...pods, ...outside];
  const closing = receivers.all.filter(({ tiers }) => tiers.length > 0);
  // What each receiver profile says to one group of senders. Going through profiles first, and through behaviours then,
  // reads every row once per sender instead of once per pair.
  const into = new Int32Array(receivers.all.length);
  const singleGroup = Int32Array.from(all, ({ groups }) => (groups.length === 1 ? (groups[0]?.id ?? -1) : -1));
  const receiverOf = Int32Array.from(all, ({ ingress }) => ingress?.id ?? -1);
  const fill = (row: Int32Array, from: Behaviour, source: FaceGroup): void => {
    for (const profile of closing) into[profile.id] = ingressRow(profile)[source.id] ?? 0;
    const out = from.egress === undefined ? [] : egressRow(from.egress);
    for (let to = 0; to < row.length; to++) {
      const group = singleGroup[to] ?? -1;
      const receiver = receiverOf[to] ?? -1;
      const a = out[group] ?? 0;
      const b = receiver < 0 ? 0 : (into[receiver] ?? 0);
      row[to] = a === 0 ? b : b === 0 ? a : outcomes.both(a, b);
    }
  };
  const onePair = (from: Behaviour, source: FaceGroup, to: Behaviour, destination: FaceGroup): number => {
    const a = from.egress === undefined ? 0 : (egressRow(from.egress)[destination.id] ?? 0);
    const b = to.ingress === undefined ? 0 : (ingressRow(to.ingress)[source.id] ?? 0);
    return outcomes.both(a, b);
  };
  const overFamilies = (from: Behaviour, to: Behaviour): number => {
    let result: number | undefined;
    for (const [a, b] of sameFamily(from.groups, to.groups)) {
      const one = onePair(from, a, to, b);
      result = result === undefined ? one : outcomes.either(result, one);
    }
    return result ?? 0;
  };
  const twoFaced = all.filter(({ groups }) => groups.length > 1);
  return {
    pods,
    outside,
    ofClass,
    outcomes,
    rowOf: (from, reused) => {
      const row = reused ?? new Int32Array(all.length);
      const [source, other] = from.groups;
      if (source !== undefined && other === undefined) {
        fill(row, from, source);
        for (const to of twoFaced) row[to.id] = overFamilies(from, to);
      } else {
        for (const to of all) row[to.id] = overFamilies(from, to);
      }
      return row;
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
function groupFaces(index: ClassIndex, faces: Faces, profiles: readonly Profile[]): Grouping {
  const peers = profiles.flatMap(({ tiers, direction }) => peersIn(tiers, direction));
  const lists = new Set(peers.map(faces.membersOf));
  const partition = createPartition(faces.all.length);
  partition.refineBy(index.classes.length + 1, (id) => namesOf(faces.all[id]));
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
    const family = index.usage.blocks ? familyOf(face) : undefined;
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

function namesOf(face: Face | undefined): number {
  return face?.cls?.names ?? 0;
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
  for (const members of new Set(peersIn(profile.tiers, profile.direction).map(membersOf))) {
    partition.refine(members.yes);
    partition.refine(members.maybe);
  }
  if (profile.direction === 'egress' && namesIn(profile.tiers, 'egress').length > 0) {
    partition.refineBy(groups.length + 1, (id) => namesOf(groups[id]?.face));
  }
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
  const destination = profile.direction === 'egress' ? unit : profile.example.unit;
  return decide(profile.tiers, profile.direction, {
    selects: profile.selects,
    peer: (peer) => matchPeer(peer, unit, model.context),
    port: (named) => namedPort(named, destination),
  });
}
