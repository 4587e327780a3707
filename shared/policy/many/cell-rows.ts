import { perhaps, surely } from '../evaluate/decide.ts';
import { intersectPorts, NO_PORTS, type PortSet, samePorts, unionPorts } from '../rules/port-set.ts';
import type { Behaviour, Behaviours } from './behaviours.ts';
import { memoisePairs } from './pair-memo.ts';

/** What passes between two peers that have one behaviour or several each. */
export interface Cell {
  /** Let through from every pod of the row to every pod of the column. */
  readonly allowed: PortSet;
  /** Let through for at least one pair of pods; the same array as `allowed` where all pairs are alike. */
  readonly some: PortSet;
  /** Not decided by the facts, for at least one pair. */
  readonly depends: PortSet;
}

/** What passes between all of some peers, row by row. */
export interface CellRows {
  /**
   * What passes from one peer to each, itself too, as numbers for `cellOf`; 0 where nothing does or may, and for a peer
   * without any behaviour. Good until the next call: there is one array for all rows. Of a few peers to reach only their
   * places are filled.
   */
  rowFrom(from: number, few?: readonly number[]): Int32Array;
  cellOf(id: number): Cell;
  cell(from: number, to: number): Cell;
}

/** The rows of peers that are given by their behaviours. */
export function cellRows(behaviours: Behaviours, peers: readonly (readonly Behaviour[])[]): CellRows {
  const cells = createCells(behaviours);
  // The behaviours of all peers one after the other, and where those of each begin.
  const ids = Int32Array.from(peers.flatMap((own) => own.map(({ id }) => id)));
  const starts = new Int32Array(peers.length + 1);
  peers.forEach((own, at) => {
    starts[at + 1] = (starts[at] ?? 0) + own.length;
  });
  const row = new Int32Array(peers.length);
  let outcomes: Int32Array | undefined;
  let known: Behaviour | undefined;
  const fill = (from: number, begin: number, end: number): void => {
    const own = peers[from] ?? [];
    if (own.length === 0) row.fill(0, begin, end);
    own.forEach((behaviour, nth) => {
      // Neighbours in a list are often alike.
      if (outcomes === undefined || behaviour !== known) outcomes = behaviours.rowOf(behaviour, outcomes);
      known = behaviour;
      for (let to = begin; to < end; to++) {
        const first = starts[to] ?? 0;
        const next = starts[to + 1] ?? 0;
        let cell = first === next ? 0 : cells.of(outcomes[ids[first] ?? 0] ?? 0);
        for (let at = first + 1; at < next; at++) cell = cells.join(cell, cells.of(outcomes[ids[at] ?? 0] ?? 0));
        row[to] = nth === 0 ? cell : cells.join(row[to] ?? 0, cell);
      }
    });
  };
  const pairCell = (from: number, to: number): number => {
    const [senders, receivers] = [peers[from] ?? [], peers[to] ?? []];
    let cell: number | undefined;
    for (const one of senders) {
      for (const other of receivers) {
        const next = cells.of(behaviours.pairOf(one, other));
        cell = cell === undefined ? next : cells.join(cell, next);
      }
    }
    return cell ?? 0;
  };
  return {
    rowFrom: (from, few) => {
      if (few === undefined) fill(from, 0, row.length);
      else for (const to of few) row[to] = pairCell(from, to);
      return row;
    },
    cellOf: cells.get,
    cell: (from, to) => {
      fill(from, to, to + 1);
      return cells.get(row[to] ?? 0);
    },
  };
}

/** Cells as numbers, so that those of millions of pairs can be put together by looking up. Number 0 is `CLOSED`. */
interface Cells {
  get(id: number): Cell;
  /** The cell of an outcome. */
  of(outcome: number): number;
  /** What passes between the parts of two peers, of which one pair has the one cell and another the other. */
  join(a: number, b: number): number;
}

/** Nothing passes. */
export const CLOSED: Cell = { allowed: NO_PORTS, some: NO_PORTS, depends: NO_PORTS };

function createCells({ outcomes }: Behaviours): Cells {
  const all: Cell[] = [CLOSED];
  const byText = new Map<string, number>([[textOf(CLOSED), 0]]);
  const byOutcome: number[] = [];
  const intern = (cell: Cell): number => {
    const text = textOf(cell);
    let id = byText.get(text);
    if (id === undefined) {
      id = all.push(cell) - 1;
      byText.set(text, id);
    }
    return id;
  };
  const get = (id: number): Cell => all[id] ?? CLOSED;
  return {
    get,
    of: (outcome) => {
      let id = byOutcome[outcome];
      if (id === undefined) {
        const sets = outcomes.get(outcome);
        const allowed = surely(sets);
        id = intern({ allowed, some: allowed, depends: perhaps(sets) });
        byOutcome[outcome] = id;
      }
      return id;
    },
    join: memoisePairs((a, b) => intern(joinCells(get(a), get(b)))),
  };
}

function textOf({ allowed, some, depends }: Cell): string {
  return `${allowed.join()}|${some.join()}|${depends.join()}`;
}

function joinCells(a: Cell, b: Cell): Cell {
  const some = unionPorts(a.some, b.some);
  const allowed = intersectPorts(a.allowed, b.allowed);
  // One set where the two are equal: whoever compares them can tell at a glance.
  return { allowed: samePorts(allowed, some) ? some : allowed, some, depends: unionPorts(a.depends, b.depends) };
}
