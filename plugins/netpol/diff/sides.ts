/**
 * Two models side by side. Workloads that behave alike in both are one group, and so are parts of the address space; a
 * change is looked for between groups, so that no matrix is ever held.
 */
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { type Ref, refKey } from '../../../shared/model/refs.ts';
import { type Behaviour, type Behaviours, behavioursOf } from '../../../shared/policy/many/behaviours.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { ALL_PORTS, type PortSet } from '../../../shared/policy/rules/port-set.ts';
import { type AddressRange, appendRange, sharedRange } from '../../../shared/util/addresses.ts';
import type { ServedPorts } from './served-ports.ts';
import { type Touched, touchedGroups } from './touched.ts';

/** A workload in one or both models. */
export interface DiffEnd {
  readonly ref: Ref;
  readonly before: readonly Pod[];
  readonly after: readonly Pod[];
}

export interface Group {
  readonly id: number;
  /** Empty for addresses. */
  readonly ends: readonly DiffEnd[];
  readonly ranges: readonly AddressRange[];
  /** Empty where the group is not in that model. */
  readonly before: readonly Behaviour[];
  readonly after: readonly Behaviour[];
  /** The ports on which its pods can be taken to serve; all of them for addresses. */
  readonly served: PortSet;
}

export interface Sides {
  readonly groups: readonly Group[];
  readonly before: Behaviours;
  readonly after: Behaviours;
  /** Undefined where anything may have changed. */
  readonly touched: Touched | undefined;
}

/** Two models side by side; groups whose pods serve other ports are kept apart. */
export function sidesOf(before: PolicyModel, after: PolicyModel, servedBy: ServedPorts = () => ALL_PORTS): Sides {
  const a = behavioursOf(before);
  const b = behavioursOf(after);
  const ends = endsOf(before, after);
  const ofPod = [behaviourByPod(a), behaviourByPod(b)] as const;
  const byKey = new Map<
    string,
    {
      readonly ends: DiffEnd[];
      readonly before: readonly Behaviour[];
      readonly after: readonly Behaviour[];
      readonly served: PortSet;
    }
  >();
  for (const end of ends) {
    const served = servedBy([...end.before, ...end.after]);
    const own = [distinct(end.before, ofPod[0]), distinct(end.after, ofPod[1])] as const;
    const key = [...own.map((list) => list.map(({ id }) => id).join()), served.join()].join('|');
    const known = byKey.get(key);
    if (known !== undefined) known.ends.push(end);
    else byKey.set(key, { ends: [end], before: own[0], after: own[1], served });
  }
  const pods = [...byKey.values()].map((group) => ({ ...group, ranges: [] }));
  const groups = [...pods, ...outsideOf(a, b)].map((group, id): Group => ({ id, ...group }));
  return { groups, before: a, after: b, touched: touchedGroups(before, after, groups) };
}

function endsOf(before: PolicyModel, after: PolicyModel): readonly DiffEnd[] {
  const found = new Map<string, { readonly ref: Ref; readonly before: Pod[]; readonly after: Pod[] }>();
  for (const [side, model] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const pod of model.pods) {
      const ref = model.workloadOf(pod);
      const key = refKey(ref);
      let end = found.get(key);
      if (end === undefined) {
        end = { ref, before: [], after: [] };
        found.set(key, end);
      }
      end[side].push(pod);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, end]) => end);
}

function behaviourByPod({ pods }: Behaviours): ReadonlyMap<Pod, Behaviour> {
  const map = new Map<Pod, Behaviour>();
  for (const one of pods) for (const cls of one.classes) for (const pod of cls.pods) map.set(pod, one);
  return map;
}

function distinct(pods: readonly Pod[], of: ReadonlyMap<Pod, Behaviour>): readonly Behaviour[] {
  const all = new Set<Behaviour>();
  for (const pod of pods) {
    const one = of.get(pod);
    if (one !== undefined) all.add(one);
  }
  return [...all].sort((x, y) => x.id - y.id);
}

type Outside = Omit<Group, 'id'>;

/** The parts of the address space that both models treat alike, cut where either of them cuts. */
function outsideOf(a: Behaviours, b: Behaviours): readonly Outside[] {
  const before = partsOf(a);
  const after = partsOf(b);
  const byKey = new Map<
    string,
    { readonly ranges: AddressRange[]; readonly before: readonly Behaviour[]; readonly after: readonly Behaviour[] }
  >();
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    const [one, other] = [before[i], after[j]];
    if (one === undefined || other === undefined) break;
    const shared = sharedRange(one.range, other.range);
    if (shared !== undefined) {
      const key = `${one.behaviour.id}|${other.behaviour.id}`;
      const known = byKey.get(key);
      if (known !== undefined) appendRange(known.ranges, shared);
      else byKey.set(key, { ranges: [shared], before: [one.behaviour], after: [other.behaviour] });
    }
    if (one.range.family !== other.range.family) {
      if (one.range.family < other.range.family) i++;
      else j++;
    } else if (one.range.last <= other.range.last) {
      i++;
      if (one.range.last === other.range.last) j++;
    } else j++;
  }
  return [...byKey.values()].map((group) => ({ ...group, ends: [], served: ALL_PORTS }));
}

/** Parts in the order of their addresses, IPv4 first. */
function partsOf({ outside }: Behaviours): readonly { readonly range: AddressRange; readonly behaviour: Behaviour }[] {
  return outside
    .flatMap((behaviour) => behaviour.ranges.map((range) => ({ range, behaviour })))
    .sort((a, b) => a.range.family - b.range.family || (a.range.first < b.range.first ? -1 : 1));
}
