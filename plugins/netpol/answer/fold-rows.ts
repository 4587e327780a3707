import { isAllPorts, type PortSet, subtractPorts } from '../../../shared/policy/rules/port-set.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { portWords } from '../words/ports.ts';
import { endWords, rangesWords } from './end-values.ts';
import type { MatrixAnswer, MatrixEnd } from './matrix-rows.ts';
import { partWords } from './part-words.ts';

/** One line for people: from one end to several, on the same ports. */
export interface FoldedRow {
  readonly from: string;
  readonly ports: string;
  readonly to: readonly string[];
}

/** The rows of a matrix with targets of equal ports put together; what is not decided is marked. */
export function foldedRows(answer: MatrixAnswer): readonly FoldedRow[] {
  return answer.ends.flatMap((end, from) =>
    targetsFrom(answer, from).map(({ ports, to }) => ({
      from: endWords(end),
      ports,
      to: [...podNames(to), ...outsideNames(to)],
    })),
  );
}

/** Fewer ends on the host network than this are named one by one. */
const FEW = 4;

/**
 * The same for a screen: every node has a dozen pods on the host network, no policy tells them apart, and all together
 * they are one name.
 */
export function briefRows(answer: MatrixAnswer): readonly FoldedRow[] {
  const hosts = new Set(answer.ends.filter(isOnHost));
  if (hosts.size < FEW) return foldedRows(answer);
  const pods = [...hosts].reduce((sum, end) => sum + (end.type === 'pods' ? end.pods.length : 0), 0);
  const all = `all ${plural(pods, 'pod')} on the host network`;
  const rows = answer.ends.map((end, from) => ({
    end,
    lines: targetsFrom(answer, from).map(({ ports, to }) => {
      const rest = to.filter((target) => !hosts.has(target));
      const whole = to.length - rest.length >= hosts.size - (hosts.has(end) ? 1 : 0);
      return { ports, to: [...(whole ? [all, ...briefNames(rest)] : briefNames(to)), ...outsideNames(to)] };
    }),
  }));
  const alike = new Map<string, MatrixEnd[]>();
  for (const { end, lines } of rows) {
    if (!hosts.has(end)) continue;
    const key = JSON.stringify(lines);
    alike.set(key, [...(alike.get(key) ?? []), end]);
  }
  return rows.flatMap(({ end, lines }) => {
    const same = hosts.has(end) ? (alike.get(JSON.stringify(lines)) ?? []) : [end];
    if (same[0] !== end) return [];
    const names = same.length === hosts.size ? all : joinNames(briefNames(same), 3);
    return lines.map((line) => ({ from: same.length > 1 ? names : endWords(end), ...line }));
  });
}

function isOnHost(end: MatrixEnd): boolean {
  return end.type === 'pods' && end.pods.every(({ spec }) => spec?.hostNetwork === true);
}

interface Targets {
  readonly ports: string;
  readonly to: readonly MatrixEnd[];
}

/** What an end reaches, by ports. */
function targetsFrom(answer: MatrixAnswer, from: number): readonly Targets[] {
  const byPorts = new Map<string, MatrixEnd[]>();
  const add = (words: string, to: MatrixEnd | undefined): void => {
    if (to === undefined) return;
    const list = byPorts.get(words) ?? [];
    byPorts.set(words, list);
    list.push(to);
  };
  answer.forEachFrom(from, (to, { allowed, depends }) => {
    if (allowed.length > 0) add(portWords(allowed), answer.ends[to]);
    const open = subtractPorts(depends, allowed);
    if (open.length > 0) add(maybeWords(open), answer.ends[to]);
  });
  return [...byPorts].map(([ports, to]) => ({ ports, to }));
}

function podNames(ends: readonly MatrixEnd[]): readonly string[] {
  return ends.filter(({ type }) => type !== 'outside').map(endWords);
}

/** The same with the static pods of the nodes told together. */
function briefNames(ends: readonly MatrixEnd[]): readonly string[] {
  const parts = ends.filter(({ type }) => type !== 'outside');
  return partWords(parts.map((end) => ({ words: endWords(end), pods: end.type === 'pods' ? end.pods : [] })));
}

/** Parts of the address space that are told apart elsewhere are one here. */
function outsideNames(ends: readonly MatrixEnd[]): readonly string[] {
  const ranges = ends.flatMap((end) => (end.type === 'outside' ? end.ranges : []));
  return ranges.length === 0 ? [] : [rangesWords(ranges)];
}

/** Ports of which the facts do not tell: `depends: TCP 80`. */
function maybeWords(set: PortSet): string {
  return isAllPorts(set) ? 'depends' : `depends: ${portWords(set)}`;
}
