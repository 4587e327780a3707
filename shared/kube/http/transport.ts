import type { CredentialSource, Credentials } from '../auth/credential-source.ts';
import type { ReaderStats } from '../ports.ts';
import { CutOffError, type SendOptions } from './exchange.ts';
import { createLimit } from './limit.ts';
import { nextTurn } from './next-turn.ts';
import { pause } from './pause.ts';
import { MAX_CONNECTIONS, type Route } from './route.ts';
import { type Answer, send } from './send.ts';
import { isUnknownAuthority } from './unknown-authority.ts';

/** What was asked, for `-v`; never holds headers, because they carry secrets. */
export interface RequestNote {
  readonly method: string;
  readonly url: string;
  /** HTTP status, or the code of the fault. */
  readonly status: number | string;
  readonly milliseconds: number;
  readonly bytes: number;
}

export interface TransportOptions {
  readonly server: URL;
  readonly credentials: CredentialSource;
  /** Builds the way to the server for a user's certificate. */
  route(credentials: Credentials, trustSystem: boolean): Promise<Route>;
  /** No authority is configured, so those of the operating system may vouch for the server. */
  readonly mayTrustSystem: boolean;
  /** Headers of every request: user agent, impersonation. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly compress: boolean;
  readonly signal: AbortSignal;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly onRequest?: (note: RequestNote) => void;
  /** The local clock, in milliseconds. */
  now(): number;
}

/** How a request becomes a websocket; handed in, so that programs which open none do not hold the code for it. */
export interface Upgrade {
  /** The subprotocol. */
  readonly protocol: string;
  open(url: URL, route: Route, protocol: string, options: SendOptions): Promise<Answer>;
}

/** One request. */
export interface Demand {
  /** `/api/v1/pods?limit=500`. */
  readonly path: string;
  readonly accept: string;
  /** JSON to POST; only questions that change nothing are posted, so that they too may be put again. */
  readonly post?: string;
  /** Switch to a websocket instead of reading an answer. */
  readonly upgrade?: Upgrade;
  /** Milliseconds for the whole request, where less than the usual time is sensible. */
  readonly timeoutMs?: number;
}

export interface Transport {
  /** Any status is an answer; faults are thrown as they come. */
  ask(demand: Demand): Promise<Answer>;
  /** Begins to connect, where one connection will carry everything. Never rejects. */
  begin(): Promise<void>;
  /** Resolves when a connection stands and the questions that waited for it are sent, or when there will be none. */
  readonly underWay: Promise<void>;
  stats(): ReaderStats;
  clockOffset(): number;
  close(): void;
}

/** Requests at once over one connection of HTTP/2: the first round of a question about one Service, and no more. */
const MAX_STREAMS = 24;

/** Attempts when the server asks to come back later or drops connections, and the longest pause between them. */
const MAX_ATTEMPTS = 4;
const MAX_PAUSE_MS = 10_000;

/**
 * Requests over kept-alive connections: bounded in number, retried where that is harmless (a read that was cut off,
 * 429 and 503 that say when to come back), logged in again once after 401.
 */
export function createTransport(options: TransportOptions): Transport {
  const { server, credentials, signal, now } = options;
  const limit = createLimit(MAX_CONNECTIONS);
  let route: { readonly keyPair: Credentials['keyPair']; readonly made: Promise<Route> } | undefined;
  let requests = 0;
  let bytes = 0;
  let clockOffset = 0;
  let trustSystem = false;
  let sent = (): void => undefined;
  const underWay = new Promise<void>((resolve) => {
    sent = resolve;
  });
  const closing = new AbortController();
  /** Ctrl-C, or the end: a connection that is only being made knows nothing of an agent that is destroyed. */
  const stop = AbortSignal.any([signal, closing.signal]);

  const routeFor = (current: Credentials): Promise<Route> => {
    if (route === undefined || route.keyPair !== current.keyPair) {
      closeRoute();
      route = { keyPair: current.keyPair, made: options.route(current, trustSystem) };
      route.made.then(shareConnection, () => undefined);
    }
    return route.made;
  };
  const shareConnection = async ({ sessions }: Route): Promise<void> => {
    const session = await sessions?.current().catch(() => undefined);
    if (session !== undefined) limit.widen(MAX_STREAMS);
    // What is asked in this turn is written at its end.
    await nextTurn();
    sent();
  };
  const closeRoute = (): void => {
    route?.made.then(
      (old) => {
        old.agent.destroy();
        old.sessions?.close();
      },
      () => undefined,
    );
    route = undefined;
  };

  /** Node's own authorities are tried first; the system's are slow to read, and needed only behind a company's own. */
  async function trusting(demand: Demand, current: Credentials): Promise<Answer> {
    const tried = trustSystem;
    try {
      return await once(demand, current);
    } catch (error) {
      if (tried || !options.mayTrustSystem || !isUnknownAuthority((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
      if (!trustSystem) {
        trustSystem = true;
        closeRoute();
      }
      return once(demand, current);
    }
  }

  async function once(demand: Demand, current: Credentials): Promise<Answer> {
    const url = new URL(server.href.replace(/\/$/, '') + demand.path);
    const method = demand.post === undefined ? 'GET' : 'POST';
    const started = now();
    const note = (status: number | string, size: number): void =>
      options.onRequest?.({ method, url: url.href, status, milliseconds: now() - started, bytes: size });
    requests += 1;
    try {
      const route = await routeFor(current);
      const settings = { method, ...request(demand, current) };
      const answer =
        demand.upgrade === undefined
          ? await send(url, route, settings)
          : await demand.upgrade.open(url, route, demand.upgrade.protocol, settings);
      bytes += answer.wireBytes;
      clockOffset = offsetFrom(answer.headers.date, started, now()) ?? clockOffset;
      note(answer.status, answer.wireBytes);
      return answer;
    } catch (error) {
      note((error as NodeJS.ErrnoException).code ?? 'failed', 0);
      throw error;
    }
  }

  function request({ accept, post, timeoutMs }: Demand, current: Credentials): SendOptions {
    return {
      headers: {
        ...options.headers,
        accept,
        ...(post === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.compress ? { 'accept-encoding': 'gzip' } : {}),
        ...(current.authorization === undefined ? {} : { authorization: current.authorization }),
      },
      ...(post === undefined ? {} : { body: post }),
      signal: stop,
      idleMs: options.idleMs,
      totalMs: shorter(options.totalMs, timeoutMs),
    };
  }

  async function persistent(demand: Demand): Promise<Answer> {
    let renewed = false;
    let current = await credentials.current();
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= MAX_ATTEMPTS;
      try {
        const answer = await trusting(demand, current);
        if (answer.status === 401 && !renewed) {
          renewed = true;
          const fresh = await credentials.renew(current);
          if (fresh === undefined) return answer;
          current = fresh;
          continue;
        }
        const wait = last ? undefined : comeBackAfter(answer, attempt);
        if (wait === undefined) return answer;
        await pause(wait, stop);
      } catch (error) {
        if (closing.signal.aborted && !signal.aborted) throw new CutOffError('closed before the answer');
        if (last || !isCutOff(error)) throw error;
        // A connection that the server closed while it lay idle says nothing; the next one is tried at once.
        if (!(error as { reused?: boolean }).reused) await pause(100 * 2 ** attempt, stop);
      }
    }
  }

  return {
    ask: (demand) => limit(() => persistent(demand)),
    async begin() {
      try {
        await routeFor(await credentials.current());
      } catch {
        sent();
      }
      await nextTurn();
    },
    underWay,
    stats: () => ({ requests, bytes }),
    clockOffset: () => clockOffset,
    close: () => {
      closing.abort();
      closeRoute();
    },
  };
}

/**
 * Milliseconds to wait before asking again, or undefined when the answer stands: 429, and any 5xx that names a time
 * (client-go `rest.Request`, retry.go). A server that wants more patience than a person has gets its answer taken.
 */
function comeBackAfter(answer: Answer, attempt: number): number | undefined {
  if (answer.status !== 429 && answer.status < 500) return undefined;
  const header = answer.headers['retry-after'];
  const seconds = header === undefined ? Number.NaN : Number(header);
  if (Number.isNaN(seconds)) return answer.status === 429 ? 500 * 2 ** (attempt - 1) : undefined;
  const milliseconds = Math.max(0, seconds * 1000);
  return milliseconds <= MAX_PAUSE_MS ? milliseconds : undefined;
}

/** The shorter of two limits in milliseconds, of which 0 is none. */
function shorter(limit: number, other: number | undefined): number {
  if (other === undefined) return limit;
  return limit === 0 ? other : Math.min(limit, other);
}

const CUT_OFF_CODES = new Set(['ECONNRESET', 'EPIPE', 'CUTOFF', 'ECONNABORTED']);

function isCutOff(error: unknown): boolean {
  return error instanceof CutOffError || CUT_OFF_CODES.has((error as NodeJS.ErrnoException).code ?? '');
}

/** The header counts whole seconds and is written somewhere between question and answer. */
function offsetFrom(date: string | undefined, asked: number, answered: number): number | undefined {
  const server = Date.parse(date ?? '');
  return Number.isNaN(server) ? undefined : server + 500 - (asked + answered) / 2;
}
