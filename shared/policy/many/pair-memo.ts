/** Pairs of numbers below this are kept in a table, others in a map. */
const MOST_IN_TABLE = 1024;

const UNKNOWN = -1;

/**
 * Remembers the results of an operation on small numbers that is symmetric and idempotent. It is asked for every pair of
 * a matrix, so that a look into a flat table is all that a known pair costs.
 */
export function memoisePairs(combine: (a: number, b: number) => number): (a: number, b: number) => number {
  let side = 64;
  let table = new Int32Array(side * side).fill(UNKNOWN);
  const others = new Map<number, number>();
  const grow = (least: number): void => {
    const before = { side, table };
    while (side <= least) side *= 2;
    table = new Int32Array(side * side).fill(UNKNOWN);
    for (let row = 0; row < before.side; row++) {
      table.set(before.table.subarray(row * before.side, (row + 1) * before.side), row * side);
    }
  };
  const fromMap = (a: number, b: number): number => {
    const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
    let result = others.get(key);
    if (result === undefined) {
      result = combine(a, b);
      others.set(key, result);
    }
    return result;
  };
  return (a, b) => {
    if (a === b) return a;
    if (a >= side || b >= side) {
      if (a >= MOST_IN_TABLE || b >= MOST_IN_TABLE) return fromMap(a, b);
      grow(Math.max(a, b));
    }
    const at = a * side + b;
    const known = table[at] ?? UNKNOWN;
    if (known !== UNKNOWN) return known;
    const result = combine(a, b);
    table[at] = result;
    return result;
  };
}
