import type http from 'node:http';

/** How far a request came. */
export type Phase = 'connect' | 'answer' | 'body';

/** The server said nothing for too long; `phase` tells whether it had begun to answer. */
export class StalledError extends Error {
  readonly code = 'STALLED';
  readonly milliseconds: number;
  readonly phase: Phase;

  constructor(milliseconds: number, phase: Phase) {
    super(`no answer within ${milliseconds} ms`);
    this.milliseconds = milliseconds;
    this.phase = phase;
  }
}

/** The connection ended inside an answer. */
export class CutOffError extends Error {
  readonly code = 'CUTOFF';
  /** The connection had carried an answer before: the server may have closed it while it lay idle. */
  readonly reused: boolean;

  constructor(message: string, reused = false) {
    super(message);
    this.reused = reused;
  }
}

export interface Head {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
}

export interface Exchange {
  readonly head: Head;
  readonly chunks: readonly Buffer[];
}

/** What whoever carries a request tells about it. What comes after its end is not heard. */
export interface Progress {
  /** Something moved: silence is counted anew. */
  moved(): void;
  /** The connection stands, or stood already. */
  connected(): void;
  head(head: Head): void;
  data(chunk: Buffer): void;
  end(): void;
  fail(error: unknown): void;
}

/** Starts a request and returns how to give it up. */
export type Carrier = (progress: Progress) => () => void;

export interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds without a byte before the request counts as stalled; 0 for no limit. */
  readonly idleMs: number;
  /** Milliseconds for the whole request; 0 for no limit. */
  readonly totalMs: number;
}

/** One request and its limits. */
export interface SendOptions extends Limits {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** Carries out one request within its limits. Rejects with the carrier's fault, StalledError or the reason of `signal`. */
export function exchange(carrier: Carrier, { signal, idleMs, totalMs }: Limits): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let phase: Phase = 'connect';
    let head: Head | undefined;
    let done = false;
    let idle: NodeJS.Timeout | undefined;
    let giveUp: (() => void) | undefined;
    const chunks: Buffer[] = [];
    const stalled = (milliseconds: number) => () => fail(new StalledError(milliseconds, phase));
    const moved = (): void => {
      if (idleMs === 0 || done) return;
      if (idle === undefined) idle = setTimeout(stalled(idleMs), idleMs);
      else idle.refresh();
    };
    const total = totalMs === 0 ? undefined : setTimeout(stalled(totalMs), totalMs);
    const onAbort = (): void => fail(signal.reason);
    const settle = (): boolean => {
      if (done) return false;
      done = true;
      clearTimeout(idle);
      clearTimeout(total);
      signal.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: unknown): void => {
      if (!settle()) return;
      reject(error);
      giveUp?.();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    moved();
    try {
      giveUp = carrier({
        moved,
        connected: () => {
          phase = 'answer';
          moved();
        },
        head: (received) => {
          phase = 'body';
          head = received;
          moved();
        },
        data: (chunk) => {
          chunks.push(chunk);
          moved();
        },
        end: () => {
          if (head !== undefined && settle()) resolve({ head, chunks });
        },
        fail,
      });
    } catch (error) {
      // Keys that do not fit and forbidden characters in headers are thrown before anything is sent.
      fail(error);
    }
  });
}
