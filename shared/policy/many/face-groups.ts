import type { Peer } from '../rules/rules.ts';
import type { ClassIndex } from './classes.ts';
import type { Face, FaceMembers, Faces } from './faces.ts';
import { createPartition } from './partition.ts';
import { type Profile, peersIn } from './profiles.ts';

/** Faces that no rule tells apart. */
export interface FaceGroup {
  readonly id: number;
  readonly face: Face;
  /** Undefined where the pod has no address, or no rule names one. */
  readonly family: 4 | 6 | undefined;
}

export interface Grouping {
  readonly groups: readonly FaceGroup[];
  readonly groupOf: (face: Face) => FaceGroup;
  /** The groups that a peer means. */
  readonly membersOf: (peer: Peer) => FaceMembers;
}

/** Groups faces by all peers of all policies that select anything, and by what they call the ports that rules name. */
export function groupFaces(index: ClassIndex, faces: Faces, profiles: readonly Profile[]): Grouping {
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

/** What the pods behind a face call their ports; 0 outside the cluster. */
export function namesOf(face: Face | undefined): number {
  return face?.cls?.names ?? 0;
}

function familyOf({ unit }: Face): 4 | 6 | undefined {
  return unit.type === 'range' ? unit.range.family : unit.addresses[0]?.family;
}
