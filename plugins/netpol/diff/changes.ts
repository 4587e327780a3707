import type { Behaviour, Behaviours } from '../../../shared/policy/behaviours.ts';
import { perhaps, surely } from '../../../shared/policy/decide.ts';
import type { Outcomes } from '../../../shared/policy/outcomes.ts';
import {
  intersectPorts,
  NO_PORTS,
  type PortSet,
  samePorts,
  subtractPorts,
  unionPorts,
} from '../../../shared/policy/port-set.ts';
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
  /** Sure before or after and not decided on the other side. */
  readonly unsure: PortSet;
  /** One of the two ends is only in one of the models. */
  readonly ends: 'both' | 'new' | 'gone';
}

export interface GroupChange {
  readonly from: Group;
  readonly to: Group;
  readonly change: Change;
}

const NOTHING: Passing = { some: NO_PORTS, every: NO_PORTS, depends: NO_PORTS };

/**
 * Every pair of groups between which something changes, row by row. A pair of a group with itself means two different
 * workloads of it, and the pods of one among themselves. Between addresses outside there is nothing to say.
 */
export function* groupChanges({ groups, before, after }: Sides): Generator<GroupChange> {
  const cells = [cellsOf(before.outcomes), cellsOf(after.outcomes)] as const;
  const memo = createMemo(cells);
  // Rows are filled anew for each group that has one behaviour: the usual case.
  let rowA: Int32Array | undefined;
  let rowB: Int32Array | undefined;
  for (const from of groups) {
    const rowsA = rowsFrom(before, from.before, rowA);
    const rowsB = rowsFrom(after, from.after, rowB);
    if (from.before.length === 1) rowA = rowsA[0];
    if (from.after.length === 1) rowB = rowsB[0];
    for (const to of groups) {
      if (from.ends.length === 0 && to.ends.length === 0) continue;
      const change = between(to, rowsA, rowsB, cells, memo);
      if (change !== undefined) yield { from, to, change };
    }
  }
}

type Rows = readonly Int32Array[];
type Cells = readonly [(outcome: number) => Passing, (outcome: number) => Passing];

function rowsFrom(behaviours: Behaviours, own: readonly Behaviour[], reused: Int32Array | undefined): Rows {
  const [first] = own;
  if (first !== undefined && own.length === 1) return [behaviours.rowOf(first, reused)];
  return own.map((one) => behaviours.rowOf(one));
}

function between(to: Group, rowsA: Rows, rowsB: Rows, cells: Cells, memo: Memo): Change | undefined {
  const single = rowsA.length === 1 && rowsB.length === 1 && to.before.length === 1 && to.after.length === 1;
  if (single) return memo(rowsA[0]?.[to.before[0]?.id ?? 0] ?? 0, rowsB[0]?.[to.after[0]?.id ?? 0] ?? 0);
  const a = rowsA.length === 0 || to.before.length === 0 ? undefined : join(rowsA, to.before, cells[0]);
  const b = rowsB.length === 0 || to.after.length === 0 ? undefined : join(rowsB, to.after, cells[1]);
  return changeOf(a, b);
}

/** Outcomes of the two models by number; equal pairs of numbers are equal changes. */
type Memo = (a: number, b: number) => Change | undefined;

function createMemo(cells: Cells): Memo {
  const known: (Change | null | undefined)[][] = [];
  return (a, b) => {
    let row = known[a];
    if (row === undefined) {
      row = [];
      known[a] = row;
    }
    let change = row[b];
    if (change === undefined) {
      change = changeOf(cells[0](a), cells[1](b)) ?? null;
      row[b] = change;
    }
    return change ?? undefined;
  };
}

function cellsOf(outcomes: Outcomes): (outcome: number) => Passing {
  const known: Passing[] = [];
  return (outcome) => {
    let cell = known[outcome];
    if (cell === undefined) {
      const sets = outcomes.get(outcome);
      const sure = surely(sets);
      cell = { some: sure, every: sure, depends: perhaps(sets) };
      known[outcome] = cell;
    }
    return cell;
  };
}

function join(rows: Rows, to: readonly Behaviour[], cell: (outcome: number) => Passing): Passing {
  const all = new Set(rows.flatMap((row) => to.map(({ id }) => row[id] ?? 0)));
  return [...all].map(cell).reduce((a, b) => ({
    some: unionPorts(a.some, b.some),
    every: intersectPorts(a.every, b.every),
    depends: unionPorts(a.depends, b.depends),
  }));
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
  const unsure = unionPorts(intersectPorts(down, b.depends), intersectPorts(up, a.depends));
  const ends = before === undefined ? 'new' : after === undefined ? 'gone' : 'both';
  return { before: a, after: b, lost, gained, unsure, ends };
}
