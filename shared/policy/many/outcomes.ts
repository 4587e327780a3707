import { bothSides, eitherOf, OPEN, type SideSets } from '../evaluate/decide.ts';
import { memoisePairs } from './pair-memo.ts';

/**
 * Gives every distinct outcome a small number, so that millions of pairs can be kept as numbers and combined by looking
 * up. Number 0 is "everything allowed".
 */
export interface Outcomes {
  intern(sets: SideSets): number;
  get(id: number): SideSets;
  /** Both sides must let traffic through. */
  both(a: number, b: number): number;
  /** Either of two worlds may be the real one. */
  either(a: number, b: number): number;
}

/** A table of outcomes, empty at first. */
export function createOutcomes(): Outcomes {
  const all: SideSets[] = [];
  const byText = new Map<string, number>();
  const intern = (sets: SideSets): number => {
    const text = `${sets.allow.join()}|${sets.deny.join()}`;
    let id = byText.get(text);
    if (id === undefined) {
      id = all.length;
      byText.set(text, id);
      all.push(sets);
    }
    return id;
  };
  const get = (id: number): SideSets => all[id] ?? OPEN;
  intern(OPEN);
  const memoised = (combine: (a: SideSets, b: SideSets) => SideSets): Outcomes['both'] =>
    memoisePairs((a, b) => intern(combine(get(a), get(b))));
  return { intern, get, both: memoised(bothSides), either: memoised(eitherOf) };
}
