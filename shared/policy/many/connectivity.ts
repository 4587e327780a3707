import type { Pod } from '../../model/objects-pod.ts';
import { namespaceOrDefault, type Ref, refKey } from '../../model/refs.ts';
import type { AddressRange } from '../../util/addresses.ts';
import { unitRef } from '../evaluate/explain-peer.ts';
import type { PolicyModel } from '../model.ts';
import { type Behaviour, type Behaviours, behavioursOf } from './behaviours.ts';
import { type Cell, CLOSED, cellRows } from './cell-rows.ts';

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
  const firstOutside = entries.length - behaviours.outside.length;
  const cells = cellRows(
    behaviours,
    entries.map((entry) => entry.behaviours),
  );
  const rowFrom: Matrix['rowFrom'] = (from) => {
    const row = cells.rowFrom(from);
    row[from] = 0;
    if (from >= firstOutside) row.fill(0, firstOutside);
    return row;
  };
  return {
    peers: entries.map(({ peer }) => peer),
    rowFrom,
    cellOf: cells.cellOf,
    cell: (from, to) => {
      const silent = from === to || (from >= firstOutside && to >= firstOutside);
      return silent ? CLOSED : cells.cell(from, to);
    },
    forEach: (visit) => {
      for (let from = 0; from < entries.length; from++) {
        for (const [to, id] of rowFrom(from).entries()) if (id !== 0) visit(from, to, cells.cellOf(id));
      }
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
  if (by === 'namespace') return { kind: 'Namespace', name: namespaceOrDefault(pod) };
  return by === 'pod' ? unitRef(model.unitOf(pod)) : model.workloadOf(pod);
}
