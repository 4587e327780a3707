/**
 * The world outside, as one value: clock, environment, streams, files and signal. `main.ts` makes the real one, tests a
 * fake one. Code that takes a Runtime can be run in a test without a process of its own.
 */
export interface Runtime {
  now(): Date;
  /** Waits so many milliseconds, less after Ctrl-C. */
  sleep(milliseconds: number): Promise<void>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDir: string;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  /** All of standard input, as bytes. */
  readStdin(): Promise<Uint8Array>;
  readonly stdinIsTerminal: boolean;
  /** Aborted on the first Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface OutStream {
  /** Text, or the bytes of a text in UTF-8. */
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** Whoever read it has gone (`| head`): what is written is dropped. */
  readonly closed: boolean;
  /** Terminal columns, undefined when not a terminal. */
  readonly columns: number | undefined;
}
