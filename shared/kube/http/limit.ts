/** Lets at most so many jobs run at once; the others wait in order. */
export interface Limit {
  <T>(job: () => Promise<T>): Promise<T>;
  /** Lets more run from now on. */
  widen(max: number): void;
}

/** A limit of `max` jobs at once, to begin with. */
export function createLimit(max: number): Limit {
  let room = max;
  let running = 0;
  const waiting: (() => void)[] = [];
  const admit = (): void => {
    while (running < room) {
      const next = waiting.shift();
      if (next === undefined) return;
      running += 1;
      next();
    }
  };
  const run = async <T>(job: () => Promise<T>): Promise<T> => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      admit();
    });
    try {
      return await job();
    } finally {
      running -= 1;
      admit();
    }
  };
  const widen = (wanted: number): void => {
    room = Math.max(room, wanted);
    admit();
  };
  return Object.assign(run, { widen });
}
