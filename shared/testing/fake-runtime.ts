import type { OutStream, Runtime } from '../runtime/runtime.ts';
import { sleep } from '../runtime/sleep.ts';

/** A day: no test waits for it. */
const LONG_MS = 86_400_000;

export interface FakeRuntimeOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly homeDir?: string;
  /** What standard input holds. */
  readonly stdin?: string | Uint8Array;
  /** ISO time; a fixed one unless given, that only sleeping moves. */
  readonly now?: string;
  /** Called in place of waiting; without it a sleep lasts until the interrupt. */
  readonly onSleep?: (milliseconds: number, runtime: FakeRuntime) => void;
  /** Both outputs are a terminal of so many columns; a pipe unless given. */
  readonly columns?: number;
}

/** A world in memory: it records what is written and can be interrupted. */
export interface FakeRuntime extends Runtime {
  readonly written: { stdout: string; stderr: string };
  /** How many sleeps have begun and not ended. */
  readonly sleeping: number;
  /** What Ctrl-C does. */
  interrupt(): void;
  /** Moves the clock on by so many milliseconds. */
  pass(milliseconds: number): void;
  /** What the end of `| head` does. */
  closeStdout(): void;
}

/** A runtime for tests, with a fixed clock and no environment. */
export function fakeRuntime(options: FakeRuntimeOptions = {}): FakeRuntime {
  const written = { stdout: '', stderr: '' };
  const controller = new AbortController();
  let closed = false;
  let passed = 0;
  let sleeping = 0;
  const stream = (name: 'stdout' | 'stderr'): OutStream => ({
    write: (text) => {
      if (name === 'stdout' && closed) return;
      written[name] += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    isTerminal: options.columns !== undefined,
    columns: options.columns,
    get closed() {
      return name === 'stdout' && closed;
    },
  });
  const now = options.now ?? '2026-03-01T12:00:00Z';
  const runtime: FakeRuntime = {
    now: () => new Date(Date.parse(now) + passed),
    sleep: async (milliseconds) => {
      sleeping += 1;
      if (options.onSleep === undefined) await sleep(LONG_MS, controller.signal);
      else options.onSleep(milliseconds, runtime);
      passed += milliseconds;
      sleeping -= 1;
    },
    get sleeping() {
      return sleeping;
    },
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    homeDir: options.homeDir ?? '/nonexistent',
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    readStdin: async () => {
      const { stdin = '' } = options;
      return typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin;
    },
    stdinIsTerminal: options.stdin === undefined,
    signal: controller.signal,
    written,
    interrupt: () => controller.abort(),
    pass: (milliseconds) => {
      passed += milliseconds;
    },
    closeStdout: () => {
      closed = true;
    },
  };
  return runtime;
}
