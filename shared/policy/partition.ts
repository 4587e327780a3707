/**
 * A partition of the numbers 0 to n-1 that is made finer step by step. After a step with a set, two numbers share a group
 * only if they did before and are both in the set or both outside. A step costs time for the set, not for n.
 */
export interface Partition {
  /** The group of each number. Group numbers below `count` can be empty. */
  readonly group: Int32Array;
  readonly count: () => number;
  refine(members: readonly number[]): void;
  /** Makes numbers with different values part. */
  refineBy(value: (member: number) => string): void;
}

export function createPartition(size: number): Partition {
  const group = new Int32Array(size);
  let count = 1;
  return {
    group,
    count: () => count,
    refine: (members) => {
      const moved = new Map<number, number>();
      for (const member of members) {
        const old = group[member] ?? 0;
        let next = moved.get(old);
        if (next === undefined) {
          next = count++;
          moved.set(old, next);
        }
        group[member] = next;
      }
    },
    refineBy: (value) => {
      const moved = new Map<string, number>();
      for (let member = 0; member < size; member++) {
        const key = `${group[member] ?? 0} ${value(member)}`;
        let next = moved.get(key);
        if (next === undefined) {
          next = count++;
          moved.set(key, next);
        }
        group[member] = next;
      }
    },
  };
}
