import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import type { WebSocket } from 'ws';
import type { Route } from './route.ts';

export interface SendOptions {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Milliseconds without a byte before the request counts as stalled; 0 for no limit. */
  readonly idleMs: number;
  /** Milliseconds for the whole request; 0 for no limit. */
  readonly totalMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The body, decompressed. */
  readonly body: Buffer;
  /** Bytes of the body as they came over the wire. */
  readonly wireBytes: number;
  /** The connection, when the server switched to it (101). */
  readonly socket?: WebSocket;
}

/** The server said nothing for too long; `phase` tells whether it had begun to answer. */
export class StalledError extends Error {
  readonly code = 'STALLED';
  readonly milliseconds: number;
  readonly phase: 'connect' | 'answer' | 'body';

  constructor(milliseconds: number, phase: 'connect' | 'answer' | 'body') {
    super(`no answer within ${milliseconds} ms`);
    this.milliseconds = milliseconds;
    this.phase = phase;
  }
}

/** The connection ended inside an answer. */
export class CutOffError extends Error {
  readonly code = 'CUTOFF';
}

/**
 * One HTTP request. Resolves with any answer, whatever its status; rejects with Node's error, StalledError, CutOffError
 * or the reason of `signal`. Nothing is left running afterwards.
 */
export async function send(url: URL, route: Route, options: SendOptions): Promise<Answer> {
  const { head, chunks } = await exchange(url, route, options);
  const raw = Buffer.concat(chunks);
  const body = head.headers['content-encoding'] === 'gzip' ? await decompress(raw) : raw;
  return { status: head.statusCode ?? 0, headers: head.headers, body, wireBytes: raw.length };
}

/** Only large answers come compressed, so what unpacks them is loaded by the first of those. */
async function decompress(raw: Buffer): Promise<Buffer> {
  const { gunzip } = await import('node:zlib');
  try {
    return await promisify(gunzip)(raw);
  } catch {
    throw new CutOffError('the compressed answer is damaged');
  }
}

interface Exchange {
  readonly head: http.IncomingMessage;
  readonly chunks: readonly Buffer[];
}

function exchange(url: URL, route: Route, options: SendOptions): Promise<Exchange> {
  const { signal, idleMs, totalMs } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let request: http.ClientRequest | undefined;
    let phase: 'connect' | 'answer' | 'body' = 'connect';
    const stalled = (milliseconds: number) => () => finish(new StalledError(milliseconds, phase));
    let idle: NodeJS.Timeout | undefined;
    let done = false;
    const progress = (): void => {
      if (idleMs === 0 || done) return;
      if (idle === undefined) idle = setTimeout(stalled(idleMs), idleMs);
      else idle.refresh();
    };
    const total = totalMs === 0 ? undefined : setTimeout(stalled(totalMs), totalMs);
    const onAbort = (): void => finish(signal.reason);
    const finish = (error: unknown, value?: Exchange): void => {
      if (done) return;
      done = true;
      clearTimeout(idle);
      clearTimeout(total);
      signal.removeEventListener('abort', onAbort);
      if (value !== undefined) {
        resolve(value);
        return;
      }
      reject(error);
      request?.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });

    const listen = (made: http.ClientRequest): void => {
      progress();
      made.on('socket', (socket) => {
        progress();
        if (made.reusedSocket) {
          phase = 'answer';
          return;
        }
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
          phase = 'answer';
          progress();
        });
      });
      // The reused connection is asked for by the retry, which only concerns connections that the server had closed.
      made.on('error', (error) => finish(Object.assign(error, { reused: made.reusedSocket })));
      made.on('response', (head) => {
        phase = 'body';
        progress();
        const chunks: Buffer[] = [];
        head.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          progress();
        });
        head.on('end', () => finish(undefined, { head, chunks }));
        head.on('error', () => finish(new CutOffError('the connection ended inside the answer')));
        head.on('close', () => finish(new CutOffError('the connection ended inside the answer')));
      });
    };
    try {
      // Keys that do not fit and forbidden characters in headers are thrown here.
      request = start(url, route, options);
    } catch (error) {
      finish(error);
      return;
    }
    listen(request);
    request.end(options.body);
  });
}

function start(url: URL, route: Route, { method = 'GET', headers, body }: SendOptions): http.ClientRequest {
  const outgoing: http.OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) outgoing[name] = typeof value === 'string' ? value : [...value];
  if (body !== undefined) outgoing['content-length'] = Buffer.byteLength(body);
  if (route.forward === undefined) {
    const { request } = url.protocol === 'https:' ? https : http;
    return request(url, { method, headers: outgoing, agent: route.agent });
  }
  // A plain http request through an HTTP proxy carries the whole URL (RFC 9112 §3.2.2).
  const { request } = route.forward.protocol === 'https:' ? https : http;
  return request(route.forward, {
    method,
    path: url.href,
    headers: { ...outgoing, host: url.host, ...route.forwardHeaders },
    agent: route.agent,
  });
}
