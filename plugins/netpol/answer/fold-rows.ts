import { isAllPorts, type PortSet, subtractPorts } from '../../../shared/policy/rules/port-set.ts';
import { portWords } from '../words/ports.ts';
import { endWords, rangesWords } from './end-values.ts';
import type { MatrixAnswer, MatrixEnd } from './matrix-rows.ts';

/** One line for people: from one end to several, on the same ports. */
export interface FoldedRow {
  readonly from: string;
  readonly ports: string;
  readonly to: readonly string[];
}

/** The rows of a matrix with targets of equal ports put together; what is not decided is marked. */
export function foldedRows(answer: MatrixAnswer): readonly FoldedRow[] {
  return answer.ends.flatMap((end, from) => {
    const byPorts = new Map<string, MatrixEnd[]>();
    const add = (words: string, to: MatrixEnd | undefined): void => {
      if (to === undefined) return;
      const list = byPorts.get(words) ?? [];
      byPorts.set(words, list);
      list.push(to);
    };
    for (const { to, allowed, depends } of answer.rowsFrom(from)) {
      if (allowed.length > 0) add(portWords(allowed), answer.ends[to]);
      const open = subtractPorts(depends, allowed);
      if (open.length > 0) add(maybeWords(open), answer.ends[to]);
    }
    return [...byPorts].map(([ports, to]) => ({ from: endWords(end), ports, to: namesOf(to) }));
  });
}

/** The names of some ends; parts of the address space that are told apart elsewhere are one here. */
function namesOf(ends: readonly MatrixEnd[]): readonly string[] {
  const ranges = ends.flatMap((end) => (end.type === 'outside' ? end.ranges : []));
  const others = ends.filter(({ type }) => type !== 'outside').map(endWords);
  return ranges.length === 0 ? others : [...others, rangesWords(ranges)];
}

/** Ports of which the facts do not tell: `depends: TCP 80`. */
function maybeWords(set: PortSet): string {
  return isAllPorts(set) ? 'depends' : `depends: ${portWords(set)}`;
}
