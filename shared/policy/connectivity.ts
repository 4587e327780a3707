import type { Pod } from '../model/objects-pod.ts';
import { type Ref, refKey } from '../model/refs.ts';
import type { AddressRange } from '../util/addresses.ts';
import { type Behaviour, type Behaviours, behavioursOf } from './behaviours.ts';
import { perhaps, surely } from './decide.ts';
import { unitRef } from './explain-peer.ts';
import type { PolicyModel } from './model.ts';
import { memoisePairs } from './pair-memo.ts';
import { intersectPorts, NO_PORTS, type PortSet, samePorts, unionPorts } from './port-set.ts';

/** `class`: pods that behave alike towards everything, whatever they belong to. */
export type Grain = 'workload' | 'pod' | 'namespace' | 'class';

/** A row or column of the matrix. */
export type MatrixPeer = PodsOfMatrix | OutsideOfMatrix;

export interface PodsOfMatrix {
  readonly type: 'pods';
  readonly ref: Ref;
  readonly pods: readonly Pod[];
}

/** Addresses outside the cluster that all policies treat alike, ascending, IPv4 first. */
export interface OutsideOfMatrix {
  readonly type: 'outside';
  readonly ranges: readonly AddressRange[];
}

export interface Cell {
  /** Let through from every pod of the row to every pod of the column. */
  readonly allowed: PortSet;
  /** Let through for at least one pair of pods; the same array as `allowed` where all pairs are alike. */
  readonly some: PortSet;
  /** Not decided by the facts, for at least one pair. */
  readonly depends: PortSet;
}

export interface Matrix {
  readonly peers: readonly MatrixPeer[];
  /** Visits pairs between which something passes or may pass, row by row. Never a peer with itself. */
  forEach(visit: (from: number, to: number, cell: Cell) => void): void;
  /**
   * What passes from one peer to each, as numbers for `cellOf`; 0 where nothing does or may, and for the peer itself. Good
   * until the next call: there is one array for all rows.
   */
  rowFrom(from: number): Int32Array;
  cellOf(id: number): Cell;
  cell(from: number, to: number): Cell;
}

/**
 * Who may reach whom, for all pods and the world outside. Pairs are judged by behaviour, so cells of equal pairs are the
 * same object. Traffic of a pod with itself and with its own node is not in it: policies do not touch either.
 */
export function connectivity(model: PolicyModel, by: Grain = 'workload'): Matrix {
  const behaviours = behavioursOf(model);
  const entries = [...podEntries(model, behaviours, by), ...behaviours.outside.map(outsideEntry)];
  const cells = createCells(behaviours);
  const fill = createFill(behaviours, entries, cells);
  const shared = new Int32Array(entries.length);
  const rowFrom: Matrix['rowFrom'] = (from) => {
    fill(shared, from);
    shared[from] = 0;
    return shared;
  };
  return {
    peers: entries.map(({ peer }) => peer),
    rowFrom,
    cellOf: cells.get,
    cell: (from, to) => {
      fill(shared, from, to);
      return from === to ? CLOSED : cells.get(shared[to] ?? 0);
    },
    forEach: (visit) => {
      for (let from = 0; from < entries.length; from++) {
        for (const [to, id] of rowFrom(from).entries()) if (id !== 0) visit(from, to, cells.get(id));
      }
    },
  };
}

/** Writes the cells from one entry to all, or to one, into a row; between addresses outside there is nothing to say. */
function createFill(
  behaviours: Behaviours,
  entries: readonly Entry[],
  cells: Cells,
): (row: Int32Array, from: number, only?: number) => void {
  const outside = entries.findIndex(({ peer }) => peer.type === 'outside');
  const firstOutside = outside < 0 ? entries.length : outside;
  // The behaviours of all entries one after the other, and where those of each begin.
  const ids = Int32Array.from(entries.flatMap((entry) => entry.behaviours.map(({ id }) => id)));
  const starts = new Int32Array(entries.length + 1);
  entries.forEach((entry, at) => {
    starts[at + 1] = (starts[at] ?? 0) + entry.behaviours.length;
  });
  let outcomes: Int32Array | undefined;
  let known: Behaviour | undefined;
  return (row, from, only) => {
    const last = from < firstOutside ? entries.length : firstOutside;
    const begin = only ?? 0;
    const end = only === undefined ? last : Math.min(only + 1, last);
    row.fill(0);
    (entries[from]?.behaviours ?? []).forEach((behaviour, nth) => {
      // Neighbours in a list are often alike.
      if (outcomes === undefined || behaviour !== known) outcomes = behaviours.rowOf(behaviour, outcomes);
      known = behaviour;
      for (let to = begin; to < end; to++) {
        const first = starts[to] ?? 0;
        const next = starts[to + 1] ?? 0;
        let cell = cells.of(outcomes[ids[first] ?? 0] ?? 0);
        for (let at = first + 1; at < next; at++) cell = cells.join(cell, cells.of(outcomes[ids[at] ?? 0] ?? 0));
        row[to] = nth === 0 ? cell : cells.join(row[to] ?? 0, cell);
      }
    });
  };
}

interface Entry {
  readonly peer: MatrixPeer;
  readonly behaviours: readonly Behaviour[];
}

function outsideEntry(behaviour: Behaviour): Entry {
  return { peer: { type: 'outside', ranges: behaviour.ranges }, behaviours: [behaviour] };
}

function podEntries(model: PolicyModel, behaviours: Behaviours, by: Grain): readonly Entry[] {
  if (by === 'class') {
    return behaviours.pods.map((behaviour) => {
      const pods = behaviour.classes.flatMap((cls) => cls.pods);
      const [first] = pods;
      const ref = first === undefined ? { kind: 'Pod', name: '' } : unitRef(model.unitOf(first));
      return { peer: { type: 'pods', ref, pods }, behaviours: [behaviour] };
    });
  }
  const behaviourOf = new Map(
    behaviours.pods.flatMap((one) => one.classes.flatMap((cls) => cls.pods.map((pod) => [pod, one]))),
  );
  const groups = new Map<string, { readonly ref: Ref; readonly pods: Pod[]; readonly own: Set<Behaviour> }>();
  for (const pod of model.pods) {
    const behaviour = behaviourOf.get(pod);
    if (behaviour === undefined) continue;
    const ref = refAt(model, pod, by);
    const key = refKey(ref);
    let group = groups.get(key);
    if (group === undefined) {
      group = { ref, pods: [], own: new Set() };
      groups.set(key, group);
    }
    group.pods.push(pod);
    group.own.add(behaviour);
  }
  return [...groups.values()].map(({ ref, pods, own }) => ({
    peer: { type: 'pods', ref, pods },
    behaviours: [...own],
  }));
}

function refAt(model: PolicyModel, pod: Pod, by: Grain): Ref {
  if (by === 'namespace') return { kind: 'Namespace', name: pod.metadata?.namespace || 'default' };
  return by === 'pod' ? unitRef(model.unitOf(pod)) : model.workloadOf(pod);
}

/** Cells as numbers, so that those of millions of pairs can be put together by looking up. Number 0 is `CLOSED`. */
interface Cells {
  get(id: number): Cell;
  /** The cell of an outcome. */
  of(outcome: number): number;
  /** What passes between the parts of two peers, of which one pair has the one cell and another the other. */
  join(a: number, b: number): number;
}

const CLOSED: Cell = { allowed: NO_PORTS, some: NO_PORTS, depends: NO_PORTS };

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
