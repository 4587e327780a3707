/**
 * Pods that behave alike towards everything: the same policies select them for both directions, and no rule of any policy
 * tells them apart as the other end. All answers about pairs are answers about pairs of behaviours, of which a cluster of
 * thousands of pods has a few hundred.
 */
import { type AddressRange, appendRange } from '../../util/addresses.ts';
import type { PolicyModel } from '../model.ts';
import { classIndexOf, type PodClass } from './classes.ts';
import { type FaceGroup, groupFaces } from './face-groups.ts';
import { facesOf } from './faces.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import { createPartition } from './partition.ts';
import { buildProfiles, type Profile } from './profiles.ts';
import { type Row, rowsOf } from './rows.ts';

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
  /** The same for one pair. */
  pairOf(from: Behaviour, to: Behaviour): number;
}

/** Computed once per model. */
export function behavioursOf(model: PolicyModel): Behaviours {
  return model.memo('behaviours', () => build(model));
}

function build(model: PolicyModel): Behaviours {
  const index = classIndexOf(model);
  const faces = facesOf(model);
  const senders = buildProfiles(model, index, 'egress');
  const receivers = buildProfiles(model, index, 'ingress');
  const grouping = groupFaces(index, faces, [...senders.all, ...receivers.all]);
  const outcomes = createOutcomes();
  const egressRow = rowsOf(model, grouping, outcomes, senders.all.length);
  const ingressRow = rowsOf(model, grouping, outcomes, receivers.all.length);
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
  const rows = [...senders.all.map(egressRow), ...receivers.all.map(ingressRow)];
  const families = pods.some(({ groups }) => groups.length > 1);
  const outside = outsideBehaviours(
    faces.outside.flatMap((face) =>
      face.unit.type === 'range' ? [{ range: face.unit.range, group: grouping.groupOf(face) }] : [],
    ),
    rows,
    families,
    pods.length,
  );
  const closing = receivers.all.filter(({ tiers }) => tiers.length > 0);
  return {
    pods,
    outside,
    ofClass,
    outcomes,
    ...createRowOf([...pods, ...outside], closing, egressRow, ingressRow, outcomes),
  };
}

type RowOfProfile = (profile: Profile) => Row;

function createRowOf(
  all: readonly Behaviour[],
  closing: readonly Profile[],
  egressRow: RowOfProfile,
  ingressRow: RowOfProfile,
  outcomes: Outcomes,
): Pick<Behaviours, 'rowOf' | 'pairOf'> {
  // What each receiver profile says to one group of senders. Going through profiles first, and through behaviours then,
  // reads every row once per sender instead of once per pair.
  const receivers = all.reduce((most, { ingress }) => Math.max(most, (ingress?.id ?? -1) + 1), 0);
  // One place more, always open, for those without policies: the addresses outside.
  const into = new Int32Array(receivers + 1);
  const firstGroup = Int32Array.from(all, ({ groups }) => groups[0]?.id ?? 0);
  const receiverOf = Int32Array.from(all, ({ ingress }) => ingress?.id ?? receivers);
  const nothing = new Uint16Array(firstGroup.reduce((most, id) => Math.max(most, id + 1), 0));
  const twoFaced = all.filter(({ groups }) => groups.length > 1);
  const fill = (row: Int32Array, from: Behaviour, source: FaceGroup): void => {
    for (const profile of closing) into[profile.id] = ingressRow(profile)[source.id] ?? 0;
    const out = from.egress === undefined ? nothing : egressRow(from.egress);
    for (let to = 0; to < row.length; to++) {
      const a = out[firstGroup[to] ?? 0] ?? 0;
      const b = into[receiverOf[to] ?? 0] ?? 0;
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
  const rowOf: Behaviours['rowOf'] = (from, reused) => {
    const row = reused ?? new Int32Array(all.length);
    const [source, other] = from.groups;
    if (source === undefined || other !== undefined) {
      for (const to of all) row[to.id] = overFamilies(from, to);
      return row;
    }
    fill(row, from, source);
    for (const to of twoFaced) row[to.id] = overFamilies(from, to);
    return row;
  };
  return { rowOf, pairOf: overFamilies };
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

/**
 * Parts of the address space that come to the same in every row, though different rules may have let them in. The family
 * matters only where a pod has both.
 */
function outsideBehaviours(
  parts: readonly { readonly range: AddressRange; readonly group: FaceGroup }[],
  rows: readonly ArrayLike<number>[],
  families: boolean,
  firstId: number,
): readonly Behaviour[] {
  const partition = createPartition(parts.length);
  if (families) partition.refineBy(7, (at) => parts[at]?.range.family ?? 0);
  for (const row of rows) {
    const outcomeOf = (at: number): number => row[parts[at]?.group.id ?? 0] ?? 0;
    const first = outcomeOf(0);
    // Most rows name no addresses.
    if (parts.every((_, at) => outcomeOf(at) === first)) continue;
    partition.refineBy(OUTCOMES, outcomeOf);
  }
  const byGroup = new Map<number, { readonly behaviour: Behaviour; readonly ranges: AddressRange[] }>();
  parts.forEach(({ range, group }, at) => {
    const key = partition.group[at] ?? 0;
    let entry = byGroup.get(key);
    if (entry === undefined) {
      const ranges: AddressRange[] = [];
      const id = firstId + byGroup.size;
      entry = {
        behaviour: { id, classes: [], ranges, egress: undefined, ingress: undefined, groups: [group] },
        ranges,
      };
      byGroup.set(key, entry);
    }
    appendRange(entry.ranges, range);
  });
  return [...byGroup.values()].map(({ behaviour }) => behaviour);
}

/** More outcomes than any cluster has. */
const OUTCOMES = 2 ** 24;
