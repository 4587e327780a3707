/**
 * All other ends of one endpoint, judged together. Pods are put into classes by what can matter here only, and parts that
 * the endpoint's own rules do not tell apart share an answer: one column of the matrix costs little more than reading the
 * pods once.
 */
import type { Pod } from '../../model/objects-pod.ts';
import type { AddressRange } from '../../util/addresses.ts';
import { isShut, type SideSets } from '../evaluate/decide.ts';
import { inFamily } from '../evaluate/evaluate.ts';
import { judge, judgedOf, selects } from '../evaluate/side.ts';
import { type PolicyModel, tiersOf } from '../model.ts';
import { matchPeer } from '../rules/match.ts';
import { blocksOf, splitRange } from '../rules/range-parts.ts';
import type { BlockPeer, Direction, Tier, Tri } from '../rules/rules.ts';
import { isFinished, isSamePod, type Unit } from '../rules/units.ts';
import { type ClassIndex, labelClassesOf, membersOf, nameClassesOf, type PodClass, usageOf } from './classes.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import { oneSide, pairSets } from './pair-sets.ts';
import { createPartition } from './partition.ts';
import { type Face, type Part, partsFor } from './parts.ts';
import { judgedBy, namesIn, narrowTiers, type Profile, peersIn, profileFinder } from './profiles.ts';

/** The endpoint that was asked about, with the side of its own that is judged. */
interface Fixed {
  readonly unit: Unit;
  readonly direction: Direction;
  readonly sides: 'both' | 'own';
  /** Policies that select it. */
  readonly tiers: readonly Tier[];
  readonly blocks: readonly BlockPeer[];
  /** The endpoint once for each address family, or for each part of a range that the rules of others tell apart. */
  readonly views: readonly Unit[];
}

/** Pods and outside addresses by outcome, as numbers for `outcomes.get`. */
export interface Survey {
  readonly outcomes: Outcomes;
  readonly pods: ReadonlyMap<number, readonly Pod[]>;
  readonly outside: ReadonlyMap<number, readonly AddressRange[]>;
}

/**
 * Judges what may pass between an endpoint and everything else. `direction` is the endpoint's side: `ingress` for its
 * sources. `sides: own` leaves the policies of the others out. The pod itself is left out.
 */
export function survey(model: PolicyModel, unit: Unit, direction: Direction, sides: 'both' | 'own'): Survey {
  const outcomes = createOutcomes();
  const pods = new Map<number, Pod[]>();
  const outside = new Map<number, AddressRange[]>();
  if (unit.type === 'pod' && isFinished(unit.pod)) return { outcomes, pods, outside };
  const tiers = narrowTiers(
    tiersOf(model, unit),
    (policy) => policy.affects[direction] && selects(policy, unit, model.context) !== 'no',
  );
  const blocks = blocksOf(tiers, direction);
  const fixed: Fixed = { unit, direction, sides, tiers, blocks, views: viewsOf(model, unit, direction) };
  const index = indexFor(model, direction);
  const { parts, faces } = partsFor(model, fixed, index);
  const groups = groupFaces(model, fixed, index, parts, faces);
  const others = sides === 'own' ? undefined : finderFor(model, index, direction === 'ingress' ? 'egress' : 'ingress');
  const judgePart = createJudge(model, fixed, outcomes, groups, faces);
  for (const part of parts) {
    const outcome = judgePart(part.cls, part.faces, others);
    add(outside, outcome, part.ranges);
    if (part.cls === undefined || !mayBeSpecial(unit, part.cls)) {
      add(pods, outcome, part.pods);
      continue;
    }
    const special = part.pods.filter((pod) => isSpecial(unit, pod));
    add(pods, outcome, special.length === 0 ? part.pods : part.pods.filter((pod) => !special.includes(pod)));
    for (const pod of special) {
      if (unit.type !== 'pod' || !isSamePod(unit.pod, pod))
        add(pods, outcomes.intern(exactly(model, fixed, pod)), [pod]);
    }
  }
  return { outcomes, pods, outside };
}

function add<T>(lists: Map<number, T[]>, outcome: number, values: readonly T[]): void {
  if (values.length === 0) return;
  const list = lists.get(outcome);
  if (list === undefined) lists.set(outcome, [...values]);
  else for (const value of values) list.push(value);
}

/** Whether a class can hold the pod itself, or a pod whose traffic with the endpoint may be that of a node. */
function mayBeSpecial(unit: Unit, cls: PodClass): boolean {
  if (unit.type === 'range') return false;
  if (unit.type === 'node') return true;
  return unit.hostNetwork || cls.unit.hostNetwork || cls.unit.namespace.name === unit.namespace.name;
}

/** The pod itself, or one on the same node where one end is, or looks like, that node: `nodeLocal` speaks of single pods. */
function isSpecial(unit: Unit, pod: Pod): boolean {
  const { spec } = pod;
  const nodeName = spec?.nodeName ?? '';
  if (unit.type === 'pod' && isSamePod(unit.pod, pod)) return true;
  if (unit.type === 'range' || nodeName === '') return false;
  if (unit.type === 'node') return nodeName === unit.name;
  return nodeName === unit.nodeName && (unit.hostNetwork || spec?.hostNetwork === true);
}

function exactly(model: PolicyModel, { unit, direction, sides }: Fixed, pod: Pod): SideSets {
  const other = model.unitOf(pod);
  const [from, to] = direction === 'ingress' ? [other, unit] : [unit, other];
  return sides === 'both' ? pairSets(model, from, to) : oneSide(model, from, to, direction);
}

function viewsOf(model: PolicyModel, unit: Unit, direction: Direction): readonly Unit[] {
  if (unit.type === 'range') {
    const tiers: readonly Tier[] = [{ name: 'networkPolicy', groups: [model.policies], unmatched: 'next' }];
    const blocks = blocksOf(tiers, direction === 'ingress' ? 'egress' : 'ingress');
    return splitRange(unit.range, blocks).map((range) => ({ type: 'range', range }));
  }
  const families = [...new Set(unit.addresses.map(({ family }) => family))].sort();
  return families.length < 2 ? [unit] : families.map((family) => inFamily(unit, family));
}

/** For senders only labels count, as port names are the receiver's. Receivers are told apart by those, and by nodes. */
function indexFor(model: PolicyModel, direction: Direction): ClassIndex {
  const usage = direction === 'ingress' ? undefined : usageOf(model);
  if (usage === undefined || (usage.names.size === 0 && !usage.nodes)) {
    return labelClassesOf(model);
  }
  return nameClassesOf(model);
}

type Finder = (cls: PodClass) => Profile;

function finderFor(model: PolicyModel, index: ClassIndex, direction: Direction): Finder {
  return model.memo(`profiles/${direction}`, () => profileFinder(model, index, direction));
}

/** The group of each face; the endpoint's own rules treat faces of one group alike. */
function groupFaces(
  model: PolicyModel,
  { tiers, direction }: Fixed,
  index: ClassIndex,
  parts: readonly Part[],
  faces: readonly Face[],
): Int32Array {
  const partition = createPartition(faces.length);
  const facesOf = new Map<PodClass, number[]>();
  const names = new Int32Array(faces.length);
  for (const { cls, faces: own } of parts) {
    if (cls === undefined) continue;
    for (const face of own) names[face] = cls.names;
    const list = facesOf.get(cls);
    if (list === undefined) facesOf.set(cls, [...own]);
    else list.push(...own);
  }
  const inClasses = (classes: readonly PodClass[]): number[] => classes.flatMap((cls) => facesOf.get(cls) ?? []);
  for (const peer of peersIn(tiers, direction)) {
    if (peer.type === 'pods') {
      const { yes, maybe } = membersOf(peer, index, model.context);
      partition.refine(inClasses(yes));
      partition.refine(inClasses(maybe));
    } else {
      const found: Record<'yes' | 'maybe' | 'no', number[]> = { yes: [], maybe: [], no: [] };
      const known = new Map<string | number, Tri>();
      for (let face = 0; face < faces.length; face++) {
        const one = faces[face];
        if (one === undefined) continue;
        let matched = peer.type === 'block' ? known.get(one.place) : undefined;
        if (matched === undefined) {
          matched = matchPeer(peer, one.unit, model.context);
          known.set(one.place, matched);
        }
        found[matched].push(face);
      }
      partition.refine(found.yes);
      partition.refine(found.maybe);
    }
  }
  // The names of ports are the destination's: here those of the others.
  if (direction === 'egress' && namesIn(tiers, direction).length > 0) {
    partition.refineBy(index.classes.length + 1, (face) => names[face] ?? 0);
  }
  return partition.group;
}

/** Judges another end by its policies (none outside the cluster, or where they are left out) and its faces. */
type Judge = (cls: PodClass | undefined, faces: readonly number[], profiles: Finder | undefined) => number;

function createJudge(
  model: PolicyModel,
  { direction, tiers, views }: Fixed,
  outcomes: Outcomes,
  groups: Int32Array,
  faces: readonly Face[],
): Judge {
  const own = new Map<number, number>();
  const others = new Map<number, number>();
  const ownOutcome = (view: Unit, at: number, face: number, one: Face): number => {
    const key = (groups[face] ?? 0) * views.length + at;
    let outcome = own.get(key);
    if (outcome === undefined) {
      const side = { direction, tiers, subject: view, other: one.unit };
      outcome = outcomes.intern(judge(judgedOf(side, model.context), model.context));
      own.set(key, outcome);
    }
    return outcome;
  };
  const otherOutcome = (view: Unit, at: number, profile: Profile): number => {
    const key = profile.id * views.length + at;
    let outcome = others.get(key);
    if (outcome === undefined) {
      outcome = outcomes.intern(judge(judgedBy(profile, view), model.context));
      others.set(key, outcome);
    }
    return outcome;
  };
  const outcomeOf = (cls: PodClass | undefined, profiles: Finder | undefined, face: number, at: number): number => {
    const view = views[at];
    const one = faces[face];
    if (view === undefined || one === undefined) return 0;
    const mine = tiers.length === 0 ? 0 : ownOutcome(view, at, face, one);
    // What one side surely denies stays denied, so the policies of the other need not even be found.
    if (cls === undefined || profiles === undefined || isShut(outcomes.get(mine))) return mine;
    const profile = profiles(cls);
    if (profile.tiers.length === 0) return mine;
    return outcomes.both(mine, otherOutcome(view, at, profile));
  };
  return (cls, ids, profiles) => {
    const first = ids[0];
    if (first !== undefined && ids.length === 1 && views.length === 1) return outcomeOf(cls, profiles, first, 0);
    return sameFamily(ids, faces, views)
      .map(([face, at]) => outcomeOf(cls, profiles, face, at))
      .reduce(outcomes.either);
  };
}

/** Faces with the views they can talk to: those of the same family, or all when there is none in common. */
function sameFamily(
  ids: readonly number[],
  faces: readonly Face[],
  views: readonly Unit[],
): readonly (readonly [face: number, view: number])[] {
  const all = ids.flatMap((face) => views.map((_, at) => [face, at] as const));
  const same = all.filter(([face, at]) => {
    const [a, b] = [familyOf(faces[face]?.unit), familyOf(views[at])];
    return a === undefined || b === undefined || a === b;
  });
  return same.length > 0 ? same : all;
}

function familyOf(unit: Unit | undefined): 4 | 6 | undefined {
  if (unit === undefined) return undefined;
  return unit.type === 'range' ? unit.range.family : unit.addresses[0]?.family;
}
