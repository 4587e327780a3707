import { homedir } from 'node:os';
import process from 'node:process';
import type { OutStream, Runtime } from './runtime.ts';

/** The runtime of a process, with what only its owner needs. */
export interface RealRuntime extends Runtime {
  /** Resolves when everything written has left the process, so that it may exit. */
  flush(): Promise<void>;
}

/**
 * The world of this process. The first Ctrl-C (or SIGTERM) aborts the signal; a second one leaves at once, whatever is
 * under way. A closed pipe (`| head`) is not an error: what is written after it is dropped.
 */
export function realRuntime(): RealRuntime {
  const controller = new AbortController();
  const stop = (code: number): void => {
    if (controller.signal.aborted) process.exit(code);
    controller.abort();
  };
  process.on('SIGINT', () => stop(130));
  process.on('SIGTERM', () => stop(143));
  const stdout = outStream(process.stdout);
  const stderr = outStream(process.stderr);
  return {
    now: () => new Date(),
    env: process.env,
    cwd: process.cwd(),
    homeDir: homedir(),
    stdout,
    stderr,
    readStdin: () => readAll(controller.signal),
    stdinIsTerminal: process.stdin.isTTY === true,
    signal: controller.signal,
    flush: async () => {
      await Promise.all([drained(process.stdout), drained(process.stderr)]);
    },
  };
}

function outStream(stream: NodeJS.WriteStream): OutStream {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') process.exitCode = 3;
  });
  return {
    write: (text) => {
      if (stream.writable) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    columns: stream.isTTY === true ? stream.columns : undefined,
  };
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
}

async function readAll(signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const stdin = process.stdin;
  const leave = (): void => {
    stdin.destroy();
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  } finally {
    signal.removeEventListener('abort', leave);
  }
  return Buffer.concat(chunks);
}
