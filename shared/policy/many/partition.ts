/**
 * A partition of the numbers 0 to n-1 that is made finer step by step. After a step with a set, two numbers share a group
 * only if they did before and are both in the set or both outside. A step costs time for the set, not for n.
 */
export interface Partition {
  /** The group of each number. Group numbers below `count` can be empty. */
  readonly group: Int32Array;
  readonly count: () => number;
  /** The members are taken to be distinct. */
  refine(members: readonly number[]): void;
  /** Makes numbers with different values part; values are whole numbers below `values`. */
  refineBy(values: number, numberOf: (member: number) => number): void;
}

/** All numbers from 0 to size - 1 in one group. */
export function createPartition(size: number): Partition {
  const group = new Int32Array(size);
  let count = 1;
  /** Puts a member into the group that the old group's members with the same key get. */
  const move = (moved: Map<number, number>, member: number, key: number): void => {
    let next = moved.get(key);
    if (next === undefined) {
      next = count++;
      moved.set(key, next);
    }
    group[member] = next;
  };
  return {
    group,
    count: () => count,
    refine: (members) => {
      const moved = new Map<number, number>();
      for (const member of members) move(moved, member, group[member] ?? 0);
    },
    refineBy: (values, numberOf) => {
      const moved = new Map<number, number>();
      for (let member = 0; member < size; member++)
        move(moved, member, (group[member] ?? 0) * values + numberOf(member));
    },
  };
}
