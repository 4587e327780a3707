/** Takes back what a fault did, and returns when the cluster is as it was. Calling it twice does no harm. */
export type Undo = () => Promise<void>;

export function once(work: () => Promise<void>): Undo {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

/** Runs a test body under a fault; the fault is taken back whatever happens. */
export async function during<Result>(fault: Promise<Undo>, body: () => Promise<Result>): Promise<Result> {
  const undo = await fault;
  try {
    return await body();
  } finally {
    await undo();
  }
}

/** One undo for several, last first. */
export function allOf(...undos: readonly Undo[]): Undo {
  return once(async () => {
    for (const undo of [...undos].reverse()) {
      await undo();
    }
  });
}
