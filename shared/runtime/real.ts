import { homedir } from 'node:os';
import process from 'node:process';
import { isatty } from 'node:tty';
import type { OutStream, Runtime } from './runtime.ts';
import { sleep } from './sleep.ts';

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
  const stdout = outStream(() => process.stdout, 1);
  const stderr = outStream(() => process.stderr, 2);
  return {
    now: () => new Date(),
    sleep: (milliseconds) => sleep(milliseconds, controller.signal),
    env: process.env,
    cwd: process.cwd(),
    homeDir: homedir(),
    stdout,
    stderr,
    readStdin: () => readAll(controller.signal),
    // Asked of the descriptor: process.stdin would open the stream, which takes time and may hold the process.
    stdinIsTerminal: isatty(0),
    signal: controller.signal,
    flush: async () => {
      await Promise.all([stdout.drained(), stderr.drained()]);
    },
  };
}

interface OwnedStream extends OutStream {
  /** Resolves when what was written has left the process. */
  drained(): Promise<void>;
}

/** A stream that is opened when it is first written to: most commands never write to standard error. */
function outStream(get: () => NodeJS.WriteStream, descriptor: number): OwnedStream {
  let opened: NodeJS.WriteStream | undefined;
  // Standard output cannot be destroyed, so that it stays writable for Node.
  let closed = false;
  const open = (): NodeJS.WriteStream => {
    if (opened === undefined) {
      opened = get();
      opened.on('error', (error: NodeJS.ErrnoException) => {
        // A closed pipe (`| head`) is no fault; anything else, such as a full disk, must not look like success.
        if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') process.exit(3);
        closed = true;
      });
    }
    return opened;
  };
  const isTerminal = isatty(descriptor);
  return {
    write: (text) => {
      const stream = open();
      if (stream.writable) stream.write(text);
    },
    isTerminal,
    get closed() {
      return closed;
    },
    get columns() {
      return isTerminal ? open().columns : undefined;
    },
    drained: () => (opened === undefined ? Promise.resolve() : drained(opened)),
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
