import { type Cell, cellRows } from '../../../shared/policy/many/cell-rows.ts';
import {
  intersectPorts,
  NO_PORTS,
  type PortSet,
  samePorts,
  subtractPorts,
  unionPorts,
} from '../../../shared/policy/rules/port-set.ts';
import type { Group, Sides } from './sides.ts';

/** What passes between two ends in one model. */
export interface Passing {
  /** Surely, for at least one pair of pods. */
  readonly some: PortSet;
  /** Surely, for all pairs. */
  readonly every: PortSet;
  readonly depends: PortSet;
}

/** What becomes of the ports between two ends. */
export interface Change {
  readonly before: Passing;
  readonly after: Passing;
  /** Let through before and surely not after, for all pods or for some of them. */
  readonly lost: PortSet;
  readonly gained: PortSet;
  /** Open or perhaps open before, and not surely kept: what of `every` and `some` is left to doubt, and doubt that ends. */
  readonly mayLose: PortSet;
  readonly mayGain: PortSet;
  /** One of the two ends is only in one of the models. */
  readonly ends: 'both' | 'new' | 'gone';
}

export interface GroupChange {
  readonly from: Group;
  readonly to: Group;
  readonly change: Change;
}

const NOTHING: Passing = { some: NO_PORTS, every: NO_PORTS, depends: NO_PORTS };

/** More changes than this are found again when they are asked for again, so that memory stays small. */
const MOST_KEPT = 200_000;

const kept = new WeakMap<Sides, readonly GroupChange[]>();

/**
 * Every pair of groups between which something changes, row by row. A pair of a group with itself means two different
 * workloads of it, and the pods of one among themselves. Between addresses outside there is nothing to say.
 */
export function* groupChanges(sides: Sides): Generator<GroupChange> {
  const known = kept.get(sides);
  if (known !== undefined) return yield* known;
  const found: GroupChange[] = [];
  for (const one of findChanges(sides)) {
    if (found.length <= MOST_KEPT) found.push(one);
    yield one;
  }
  if (found.length <= MOST_KEPT) kept.set(sides, found);
}

function* findChanges({ groups, before, after, touched }: Sides): Generator<GroupChange> {
  const a = cellRows(
    before,
    groups.map((group) => group.before),
  );
  const b = cellRows(
    after,
    groups.map((group) => group.after),
  );
  const firstOutside = groups.findIndex(({ ends }) => ends.length === 0);
  const isThere = { a: presence(groups, 'before'), b: presence(groups, 'after') };
  const changes = createChanges(
    (id) => passingOf(a.cellOf(id)),
    (id) => passingOf(b.cellOf(id)),
  );
  const receivers = touched && groups.flatMap(({ id }) => (touched.ingress[id] === true ? [id] : []));
  for (const from of groups) {
    // Of a sender that nothing concerns only the ways to receivers that something does.
    const few = touched?.egress[from.id] === false ? receivers : undefined;
    const [rowA, rowB] = [a.rowFrom(from.id, few), b.rowFrom(from.id, few)];
    const own = (isThere.a[from.id] ?? 0) + 2 * (isThere.b[from.id] ?? 0);
    // Addresses outside come last.
    const end = from.ends.length > 0 || firstOutside < 0 ? groups.length : firstOutside;
    for (let nth = 0; nth < (few ?? groups).length; nth++) {
      const at = few === undefined ? nth : (few[nth] ?? 0);
      if (at >= end) break;
      const there = own & ((isThere.a[at] ?? 0) + 2 * (isThere.b[at] ?? 0));
      const change = changes(rowA[at] ?? 0, rowB[at] ?? 0, there);
      const to = groups[at];
      if (change !== undefined && to !== undefined) yield { from, to, change };
    }
  }
}

/** 1 for each group that is in the model. */
function presence(groups: readonly Group[], side: 'before' | 'after'): Uint8Array {
  return Uint8Array.from(groups, (group) => (group[side].length > 0 ? 1 : 0));
}

/**
 * Changes between cells of the two models, which are numbers; equal pairs of numbers are the same change. `there`: bit 1
 * where both ends are in the model before, bit 2 where they are in the one after.
 */
type Changes = (a: number, b: number, there: number) => Change | undefined;

function createChanges(before: (id: number) => Passing, after: (id: number) => Passing): Changes {
  const known: (Change | null | undefined)[][] = [];
  return (a, b, there) => {
    const place = a * 4 + there;
    let row = known[place];
    if (row === undefined) {
      row = [];
      known[place] = row;
    }
    let change = row[b];
    if (change === undefined) {
      change = changeOf((there & 1) === 0 ? undefined : before(a), (there & 2) === 0 ? undefined : after(b)) ?? null;
      row[b] = change;
    }
    return change ?? undefined;
  };
}

function passingOf({ allowed, some, depends }: Cell): Passing {
  return { some, every: allowed, depends };
}

/** The change between two states of one pair; undefined when there is none. */
export function changeOf(before: Passing | undefined, after: Passing | undefined): Change | undefined {
  const a = before ?? NOTHING;
  const b = after ?? NOTHING;
  if (samePorts(a.some, b.some) && samePorts(a.every, b.every) && samePorts(a.depends, b.depends)) return undefined;
  const down = unionPorts(subtractPorts(a.some, b.some), subtractPorts(a.every, b.every));
  const up = unionPorts(subtractPorts(b.some, a.some), subtractPorts(b.every, a.every));
  const lost = subtractPorts(down, b.depends);
  const gained = subtractPorts(up, a.depends);
  // What was only possible and is closed for sure may have been in use; what becomes possible may be open.
  const mayLose = unionPorts(intersectPorts(down, b.depends), perhapsOnly(a, b));
  const mayGain = unionPorts(intersectPorts(up, a.depends), perhapsOnly(b, a));
  const ends = before === undefined ? 'new' : after === undefined ? 'gone' : 'both';
  return { before: a, after: b, lost, gained, mayLose, mayGain, ends };
}

/** Ports that may be open in one state and are surely closed in the other. */
function perhapsOnly({ depends, some }: Passing, other: Passing): PortSet {
  return subtractPorts(subtractPorts(depends, some), unionPorts(other.some, other.depends));
}

/** What a change is called: of what is not sure on either side it is not said that it comes or goes. */
export function kindOfChange({ before, after, lost, gained }: Change): 'added' | 'removed' | 'changed' | 'undecided' {
  if (lost.length === 0 && gained.length === 0) return 'undecided';
  if (before.some.length === 0 && before.depends.length === 0) return 'added';
  return after.some.length === 0 && after.depends.length === 0 ? 'removed' : 'changed';
}
