import type { OutStream, Runtime } from '../runtime/runtime.ts';

export interface FakeRuntimeOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly homeDir?: string;
  /** What standard input holds. */
  readonly stdin?: string | Uint8Array;
  /** ISO time; a fixed one unless given. */
  readonly now?: string;
  /** Both outputs are a terminal of so many columns; a pipe unless given. */
  readonly columns?: number;
}

/** A world in memory: it records what is written and can be interrupted. */
export interface FakeRuntime extends Runtime {
  readonly written: { stdout: string; stderr: string };
  /** What Ctrl-C does. */
  interrupt(): void;
}

/** A runtime for tests, with a fixed clock and no environment. */
export function fakeRuntime(options: FakeRuntimeOptions = {}): FakeRuntime {
  const written = { stdout: '', stderr: '' };
  const controller = new AbortController();
  const stream = (name: 'stdout' | 'stderr'): OutStream => ({
    write: (text) => {
      written[name] += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    isTerminal: options.columns !== undefined,
    columns: options.columns,
  });
  const now = options.now ?? '2026-03-01T12:00:00Z';
  return {
    now: () => new Date(now),
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
  };
}
