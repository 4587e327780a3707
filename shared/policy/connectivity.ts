import type { Labels } from '../model/objects.ts';
import type { Pod } from '../model/objects-pod.ts';
import { type Ref, refKey } from '../model/refs.ts';
import type { AddressRange } from '../util/addresses.ts';
import { type Behaviour, type Behaviours, behavioursOf } from './behaviours.ts';
import { perhaps, surely } from './decide.ts';
import { unitRef } from './explain-peer.ts';
import type { PolicyModel } from './model.ts';
import { intersectPorts, NO_PORTS, type PortSet, unionPorts } from './port-set.ts';

/** `class`: pods that behave alike towards everything, whatever they belong to. */
export type Grain = 'workload' | 'pod' | 'namespace' | 'class';

/** A row or column of the matrix. */
export type MatrixPeer = PodsOfMatrix | OutsideOfMatrix;

export interface PodsOfMatrix {
  readonly type: 'pods';
  readonly ref: Ref;
  readonly pods: readonly Pod[];
  /**
   * Set when pods of one workload are treated differently, which splits it: the labels that set this part apart from the
   * others, which may be none when it is an address or a node that does.
   */
  readonly variant?: Labels;
}

/** Addresses outside the cluster that all policies treat alike, ascending, IPv4 first. */
export interface OutsideOfMatrix {
  readonly type: 'outside';
  readonly ranges: readonly AddressRange[];
}

export interface Cell {
  /** Let through from every pod of the row to every pod of the column. */
  readonly allowed: PortSet;
  /** Let through for at least one pair of pods; the same as `allowed` except for namespaces. */
  readonly some: PortSet;
  /** Not decided by the facts, for at least one pair. */
  readonly depends: PortSet;
}

export interface Matrix {
  readonly peers: readonly MatrixPeer[];
  /** Visits pairs between which something passes or may pass, row by row. Never a peer with itself. */
  forEach(visit: (from: number, to: number, cell: Cell) => void): void;
  /** The visits of one row. */
  forEachFrom(from: number, visit: (to: number, cell: Cell) => void): void;
  cell(from: number, to: number): Cell;
}

/**
 * Who may reach whom, for all pods and the world outside. Pairs are judged by behaviour, so cells of equal pairs are the
 * same object. Traffic of a pod with itself and with its own node is not in it: policies do not touch either.
 */
export function connectivity(model: PolicyModel, by: Grain = 'workload'): Matrix {
  const behaviours = behavioursOf(model);
  const entries = [...podEntries(model, behaviours, by), ...behaviours.outside.map(outsideEntry)];
  const outside = entries.findIndex(({ peer }) => peer.type === 'outside');
  const firstOutside = outside < 0 ? entries.length : outside;
  // The behaviour of each entry, or -1 for an entry with several.
  const single = Int32Array.from(entries, ({ behaviours: own }) => (own.length === 1 ? (own[0]?.id ?? -1) : -1));
  const cells = createCells(behaviours);
  const rows = createRows(behaviours);
  const forEachFrom: Matrix['forEachFrom'] = (from, visit) => {
    const own = rows(entries[from]?.behaviours ?? []);
    const [row] = own;
    const end = from < firstOutside ? entries.length : firstOutside;
    for (let to = 0; to < end; to++) {
      if (to === from) continue;
      const id = single[to] ?? -1;
      const cell =
        row !== undefined && own.length === 1 && id >= 0
          ? cells.of(row[id] ?? 0)
          : cells.join(own, entries[to]?.behaviours ?? []);
      if (cell !== CLOSED) visit(to, cell);
    }
  };
  return {
    peers: entries.map(({ peer }) => peer),
    cell: (from, to) => cells.join(rows(entries[from]?.behaviours ?? []), entries[to]?.behaviours ?? []),
    forEachFrom,
    forEach: (visit) => {
      for (let from = 0; from < entries.length; from++) forEachFrom(from, (to, cell) => visit(from, to, cell));
    },
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
  const groups = new Map<string, { readonly ref: Ref; readonly byBehaviour: Map<Behaviour, Pod[]> }>();
  for (const pod of model.pods) {
    const behaviour = behaviourOf.get(pod);
    if (behaviour === undefined) continue;
    const ref = refAt(model, pod, by);
    const key = refKey(ref);
    let group = groups.get(key);
    if (group === undefined) {
      group = { ref, byBehaviour: new Map() };
      groups.set(key, group);
    }
    const pods = group.byBehaviour.get(behaviour);
    if (pods === undefined) group.byBehaviour.set(behaviour, [pod]);
    else pods.push(pod);
  }
  return [...groups.values()].flatMap(({ ref, byBehaviour }): readonly Entry[] => {
    if (by === 'namespace' || byBehaviour.size === 1) {
      const pods = [...byBehaviour.values()].flat();
      return [{ peer: { type: 'pods', ref, pods }, behaviours: [...byBehaviour.keys()] }];
    }
    const parts = [...byBehaviour.values()];
    return [...byBehaviour].map(([behaviour, pods]) => ({
      peer: { type: 'pods', ref, pods, variant: ownLabels(pods, parts) },
      behaviours: [behaviour],
    }));
  });
}

function refAt(model: PolicyModel, pod: Pod, by: Grain): Ref {
  if (by === 'namespace') return { kind: 'Namespace', name: pod.metadata?.namespace || 'default' };
  return by === 'pod' ? unitRef(model.unitOf(pod)) : model.workloadOf(pod);
}

/** Labels that all pods of this part share and that are not so in every other part. */
function ownLabels(pods: readonly Pod[], parts: readonly (readonly Pod[])[]): Labels {
  const shared = (list: readonly Pod[], key: string, value: string): boolean =>
    list.every((pod) => pod.metadata?.labels?.[key] === value);
  const [first] = pods;
  const own = Object.entries(first?.metadata?.labels ?? {}).filter(
    ([key, value]) => shared(pods, key, value) && !parts.every((part) => shared(part, key, value)),
  );
  return Object.fromEntries(own);
}

/** Outcomes from one behaviour to all others, by id. */
type Row = Int32Array;

/** The rows of an entry. They are good until the next entry is asked for: an entry with one behaviour reuses its array. */
function createRows({ rowOf }: Behaviours): (from: readonly Behaviour[]) => readonly Row[] {
  let last: { readonly from: Behaviour; readonly row: Row } | undefined;
  return (from) => {
    const [first] = from;
    if (first === undefined || from.length > 1) return from.map((one) => rowOf(one));
    // Neighbours in a list are often alike.
    if (last?.from !== first) last = { from: first, row: rowOf(first, last?.row) };
    return [last.row];
  };
}

interface Cells {
  /** The cell of an outcome; `CLOSED` when nothing passes or may pass. */
  of(outcome: number): Cell;
  /** What passes from the behaviours of some rows to some others, as one cell. */
  join(rows: readonly Row[], to: readonly Behaviour[]): Cell;
}

const CLOSED: Cell = { allowed: NO_PORTS, some: NO_PORTS, depends: NO_PORTS };

function createCells({ outcomes }: Behaviours): Cells {
  const byOutcome: Cell[] = [];
  const of = (outcome: number): Cell => {
    let cell = byOutcome[outcome];
    if (cell === undefined) {
      const sets = outcomes.get(outcome);
      const allowed = surely(sets);
      cell = sets.allow.length === 0 ? CLOSED : { allowed, some: allowed, depends: perhaps(sets) };
      byOutcome[outcome] = cell;
    }
    return cell;
  };
  return {
    of,
    join: (rows, to) => {
      const found = new Set<number>();
      for (const row of rows) for (const { id } of to) found.add(row[id] ?? 0);
      return [...found].map(of).reduce(joinCells, undefined) ?? CLOSED;
    },
  };
}

function joinCells(a: Cell | undefined, b: Cell): Cell {
  if (a === undefined || a === b) return b;
  return {
    allowed: intersectPorts(a.allowed, b.allowed),
    some: unionPorts(a.some, b.some),
    depends: unionPorts(a.depends, b.depends),
  };
}
