import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { type Ref, refKey } from '../../../shared/model/refs.ts';
import { type Cell, connectivity, type Grain, type MatrixPeer } from '../../../shared/policy/connectivity.ts';
import { ingressPaths, type Route } from '../../../shared/policy/ingress-paths.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { intersectPorts, NO_PORTS, type PortSet, unionPorts } from '../../../shared/policy/port-set.ts';
import type { AddressRange } from '../../../shared/util/addresses.ts';

/** One end of a connection in a matrix. */
export type MatrixEnd =
  | { readonly type: 'pods'; readonly ref: Ref; readonly pods: readonly Pod[] }
  | { readonly type: 'outside'; readonly ranges: readonly AddressRange[] }
  /** Whatever carries out Ingress and Route objects. */
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

export interface MatrixAnswer {
  readonly ends: readonly MatrixEnd[];
  /** The rows from one end, in the order of the ends. Never a row from an end to itself. */
  rowsFrom(from: number): readonly MatrixRow[];
}

/** Keeps ends of some namespaces: a row stays when one of its ends is kept. */
export type KeepEnd = (end: MatrixEnd) => boolean;

/** Everybody with everybody, one row a pair; parts of a workload that policies treat differently are put together. */
export function matrixRows(
  index: ClusterIndex,
  model: PolicyModel,
  by: Grain,
  keep: KeepEnd = () => true,
): MatrixAnswer {
  const matrix = connectivity(model, by);
  const ends: MatrixEnd[] = [];
  const endOf = new Int32Array(matrix.peers.length);
  const members: number[][] = [];
  const known = new Map<string, number>();
  for (const [at, peer] of matrix.peers.entries()) {
    const key = peer.type === 'pods' && by !== 'class' ? refKey(peer.ref) : `#${at}`;
    let end = known.get(key);
    if (end === undefined) {
      end = ends.length;
      known.set(key, end);
      ends.push(endFrom(peer));
      members.push([]);
    } else {
      ends[end] = joined(ends[end], peer);
    }
    endOf[at] = end;
    members[end]?.push(at);
  }
  const controller = ends.push({ type: 'ingressController' }) - 1;
  const kept = ends.map(keep);
  const fromController = controllerRows(index, model, ends, controller);
  return {
    ends,
    rowsFrom: (from) => {
      if (from === controller) return fromController.filter(({ to }) => kept[to] === true);
      const own = members[from] ?? [];
      const found = new Map<number, Gathered>();
      for (const member of own) {
        matrix.forEachFrom(member, (to, cell) => {
          const end = endOf[to] ?? 0;
          if (end === from || !(kept[from] === true || kept[end] === true)) return;
          const known = found.get(end);
          if (known === undefined) found.set(end, { cells: [cell] });
          else known.cells.push(cell);
        });
      }
      return [...found].map(([to, { cells }]) =>
        rowOf(from, to, cells, cells.length < own.length * (members[to]?.length ?? 1)),
      );
    },
  };
}

interface Gathered {
  readonly cells: Cell[];
}

function endFrom(peer: MatrixPeer): MatrixEnd {
  return peer.type === 'outside' ? peer : { type: 'pods', ref: peer.ref, pods: peer.pods };
}

function joined(end: MatrixEnd | undefined, peer: MatrixPeer): MatrixEnd {
  if (end?.type !== 'pods' || peer.type !== 'pods') return endFrom(peer);
  return { ...end, pods: [...end.pods, ...peer.pods] };
}

/** `someClosed`: nothing passes between some of the parts. */
function rowOf(from: number, to: number, cells: readonly Cell[], someClosed: boolean): MatrixRow {
  const [first] = cells;
  if (cells.length === 1 && first !== undefined && !someClosed) {
    return { from, to, allowed: first.some, every: first.allowed, depends: first.depends };
  }
  let allowed: PortSet = NO_PORTS;
  let depends: PortSet = NO_PORTS;
  let every: PortSet | undefined = someClosed ? NO_PORTS : undefined;
  for (const cell of cells) {
    allowed = unionPorts(allowed, cell.some);
    depends = unionPorts(depends, cell.depends);
    every = every === undefined ? cell.allowed : intersectPorts(every, cell.allowed);
  }
  return { from, to, allowed, every: every ?? NO_PORTS, depends };
}

function controllerRows(
  index: ClusterIndex,
  model: PolicyModel,
  ends: readonly MatrixEnd[],
  controller: number,
): readonly MatrixRow[] {
  const facts = {
    services: index.list('Service'),
    ingresses: index.list('Ingress'),
    routes: index.list('Route') as readonly Route[],
  };
  if (facts.ingresses.length + facts.routes.length === 0) return [];
  const endOfPod = new Map<Pod, number>();
  for (const [at, end] of ends.entries()) if (end.type === 'pods') for (const pod of end.pods) endOfPod.set(pod, at);
  const rows = new Map<number, MatrixRow>();
  for (const { unit, allowed, depends } of ingressPaths(model, facts)) {
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
