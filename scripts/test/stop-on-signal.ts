import process from 'node:process';

/** Milliseconds in which a second signal is taken for the first: npm hands on what the terminal has sent to all. */
const SAME_MS = 2000;

/**
 * Aborted at the first Ctrl-C or SIGTERM, so that the run ends in order and takes its clusters down. A later signal ends the
 * program at once.
 */
export function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  let first = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        first = Date.now();
        stop.abort();
      } else if (Date.now() - first > SAME_MS) {
        process.exit(130);
      }
    });
  }
  return stop.signal;
}
