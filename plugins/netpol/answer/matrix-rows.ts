import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { Cell } from '../../../shared/policy/many/cell-rows.ts';
import { connectivity, type Grain } from '../../../shared/policy/many/connectivity.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { intersectPorts, NO_PORTS, type PortSet, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import type { AddressRange } from '../../../shared/util/addresses.ts';
import { waysIn } from '../ways-in.ts';

/** One end of a connection in a matrix. */
export type MatrixEnd =
  | { readonly type: 'pods'; readonly ref: Ref; readonly pods: readonly Pod[] }
  | { readonly type: 'outside'; readonly ranges: readonly AddressRange[] }
  /** Whatever carries out Ingress and Route objects and the routes of Gateways. */
  | { readonly type: 'ingressController' };

/** What passes between two ends. An end is a place in `ends`. */
export interface MatrixRow {
  readonly from: number;
  readonly to: number;
  /** Surely let through between at least one pod of the one and one of the other. */
  readonly allowed: PortSet;
  /** Surely let through between all of them; the same as `allowed` where their pods are treated alike. */
  readonly every: PortSet;
  /** Not decided by the facts, for at least one pair, and not allowed for any. */
  readonly depends: PortSet;
}

/** The ports of a row, without its ends: the same object for all rows that have the same. */
export type RowPorts = Pick<MatrixRow, 'allowed' | 'every' | 'depends'>;

export interface MatrixAnswer {
  readonly ends: readonly MatrixEnd[];
  /** Visits the rows from one end, in the order of the ends. Never a row from an end to itself. */
  forEachFrom(from: number, visit: (to: number, ports: RowPorts) => void): void;
  rowsFrom(from: number): readonly MatrixRow[];
}

/** Keeps ends of some namespaces: a row stays when one of its ends is kept. */
export type KeepEnd = (end: MatrixEnd) => boolean;

/** Everybody with everybody, one row a pair. */
export function matrixRows(
  index: ClusterIndex,
  model: PolicyModel,
  by: Grain,
  keep: KeepEnd = () => true,
): MatrixAnswer {
  const matrix = connectivity(model, by);
  const ends: MatrixEnd[] = [...matrix.peers];
  const controller = ends.push({ type: 'ingressController' }) - 1;
  const kept = ends.map(keep);
  const fromController = controllerRows(index, model, ends, controller);
  const portsOf: RowPorts[] = [];
  const forEachFrom: MatrixAnswer['forEachFrom'] = (from, visit) => {
    if (from === controller) {
      for (const { to, ...ports } of fromController) if (kept[to] === true) visit(to, ports);
      return;
    }
    const row = matrix.rowFrom(from);
    for (let to = 0; to < row.length; to++) {
      const id = row[to] ?? 0;
      if (id === 0 || !(kept[from] === true || kept[to] === true)) continue;
      let ports = portsOf[id];
      if (ports === undefined) {
        ports = rowPorts(matrix.cellOf(id));
        portsOf[id] = ports;
      }
      visit(to, ports);
    }
  };
  return answerOf(ends, forEachFrom);
}

/** An answer from the pairs of one sender. */
export function answerOf(ends: readonly MatrixEnd[], forEachFrom: MatrixAnswer['forEachFrom']): MatrixAnswer {
  return {
    ends,
    forEachFrom,
    rowsFrom: (from) => {
      const rows: MatrixRow[] = [];
      forEachFrom(from, (to, { allowed, every, depends }) => rows.push({ from, to, allowed, every, depends }));
      return rows;
    },
  };
}

function rowPorts({ allowed, some, depends }: Cell): RowPorts {
  return { allowed: some, every: allowed, depends };
}

function controllerRows(
  index: ClusterIndex,
  model: PolicyModel,
  ends: readonly MatrixEnd[],
  controller: number,
): readonly MatrixRow[] {
  const ways = waysIn(index, model);
  if (ways.length === 0) return [];
  const endOfPod = new Map<Pod, number>();
  for (const [at, end] of ends.entries()) if (end.type === 'pods') for (const pod of end.pods) endOfPod.set(pod, at);
  const rows = new Map<number, MatrixRow>();
  for (const { unit, allowed, depends } of ways) {
    const to = endOfPod.get(unit.pod);
    if (to === undefined) continue;
    const known = rows.get(to);
    rows.set(to, {
      from: controller,
      to,
      allowed: unionPorts(known?.allowed ?? NO_PORTS, allowed),
      every: known === undefined ? allowed : intersectPorts(known.every, allowed),
      depends: unionPorts(known?.depends ?? NO_PORTS, depends),
    });
  }
  return [...rows.values()].sort((a, b) => a.to - b.to);
}
