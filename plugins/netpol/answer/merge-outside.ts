import { joinRanges } from '../../../shared/util/addresses.ts';
import { answerOf, type MatrixAnswer, type MatrixEnd, type RowPorts } from './matrix-rows.ts';

/**
 * The same pairs, with the address space cut no finer than each pod needs it: parts that rules about others tell apart are
 * one end where a pod reaches them, or they reach it, on the same ports. The list of ends grows while rows are visited.
 */
export function mergeOutside(answer: MatrixAnswer): MatrixAnswer {
  const { ends: own } = answer;
  const parts = own.flatMap(({ type }, at) => (type === 'outside' ? [at] : []));
  if (parts.length < 2) return answer;
  const ends: MatrixEnd[] = [...own];
  const isPart = own.map(({ type }) => type === 'outside');
  const places = new Map<string, number>(parts.map((at) => [`${at}`, at]));
  const endOf = (some: readonly number[]): number => {
    const key = some.join();
    let place = places.get(key);
    if (place === undefined) {
      const ranges = some.map((at) => own[at]).flatMap((end) => (end?.type === 'outside' ? end.ranges : []));
      place = ends.push({ type: 'outside', ranges: joinRanges(ranges) }) - 1;
      places.set(key, place);
    }
    return place;
  };
  // Who is outside sends to pods alone, so its rows can be turned round and told pod by pod.
  const sources = sourcesOf(answer, parts, endOf);
  const forEachFrom: MatrixAnswer['forEachFrom'] = (from, visit) => {
    if (from >= own.length || isPart[from] === true) {
      for (const { to, ports } of sources.get(from) ?? []) visit(to, ports);
      return;
    }
    const outside = new Map<RowPorts, number[]>();
    answer.forEachFrom(from, (to, ports) => {
      if (isPart[to] === true) addTo(outside, ports, to);
      else visit(to, ports);
    });
    for (const [ports, some] of outside) visit(endOf(some), ports);
  };
  return answerOf(ends, forEachFrom);
}

interface Row {
  readonly to: number;
  readonly ports: RowPorts;
}

function sourcesOf(
  answer: MatrixAnswer,
  parts: readonly number[],
  endOf: (some: readonly number[]) => number,
): ReadonlyMap<number, readonly Row[]> {
  const byPod = new Map<number, Map<RowPorts, number[]>>();
  for (const from of parts) {
    answer.forEachFrom(from, (to, ports) => {
      let own = byPod.get(to);
      if (own === undefined) {
        own = new Map();
        byPod.set(to, own);
      }
      addTo(own, ports, from);
    });
  }
  const rows = new Map<number, Row[]>();
  for (const [to, own] of [...byPod].sort(([a], [b]) => a - b)) {
    for (const [ports, some] of own) addTo(rows, endOf(some), { to, ports });
  }
  return rows;
}

function addTo<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
