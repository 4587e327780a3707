/** What a run has counted so far. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The sum of a run, and the lines that tell a reader how it goes. */
export interface Tally {
  add(counts: Counts): void;
  /** A part that failed as a whole; named again at the end, where it is not scrolled away. */
  broken(title: string): void;
  readonly failed: boolean;
  /** The last lines of a run; the very last has the counts alone. */
  lines(): readonly string[];
}

/** A count of passed, failed and skipped tests over several runs. */
export function newTally(): Tally {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const names: string[] = [];
  return {
    add({ passed, failed, skipped }) {
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
    },
    broken: (title) => void names.push(title),
    get failed() {
      return total.failed > 0;
    },
    lines: () => [
      ...names.map((name) => `FAILED  ${name}`),
      `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
    ],
  };
}
