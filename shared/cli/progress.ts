import type { Runtime } from '../runtime/runtime.ts';

/** One line on standard error while facts are read; only on a terminal, and only when it takes a while. */
export interface Progress {
  /** Replaces what is said from now on. */
  say(text: string): void;
  stop(): void;
}

const SHOW_AFTER_MS = 400;
const CLEAR_LINE = '\r\u001b[K';

/** Starts waiting; nothing is written when `stop` comes first or standard error is not a terminal. */
export function startProgress(runtime: Runtime, first: string): Progress {
  if (!runtime.stderr.isTerminal) return { say: () => {}, stop: () => {} };
  let text = first;
  let shown = false;
  const show = (): void => {
    shown = true;
    runtime.stderr.write(`${CLEAR_LINE}${text.slice(0, (runtime.stderr.columns ?? 80) - 1)}`);
  };
  const timer = setTimeout(show, SHOW_AFTER_MS);
  timer.unref();
  return {
    say: (next) => {
      if (next === text) return;
      text = next;
      if (shown) show();
    },
    stop: () => {
      clearTimeout(timer);
      if (shown) runtime.stderr.write(CLEAR_LINE);
      shown = false;
    },
  };
}
