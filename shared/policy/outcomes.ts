import { bothSides, eitherOf, OPEN, type SideSets } from './decide.ts';

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
  return { intern, get, both: memoised(bothSides, get, intern), either: memoised(eitherOf, get, intern) };
}

/** Both operations are symmetric and idempotent. */
function memoised(
  combine: (a: SideSets, b: SideSets) => SideSets,
  get: (id: number) => SideSets,
  intern: (sets: SideSets) => number,
): (a: number, b: number) => number {
  const known: number[][] = [];
  return (a, b) => {
    if (a === b) return a;
    let row = known[a];
    if (row === undefined) {
      row = [];
      known[a] = row;
    }
    let result = row[b];
    if (result === undefined) {
      result = intern(combine(get(a), get(b)));
      row[b] = result;
    }
    return result;
  };
}
