import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { type SendOptions, StalledError } from './exchange.ts';
import type { Route } from './route.ts';
import type { Answer } from './send.ts';

/** What a server that does not switch may say before it is cut off. */
const REFUSAL_BYTES = 65_536;

/**
 * Opens a websocket (RFC 6455) over the same connections, proxy and TLS settings as every other request. Resolves with
 * the server's answer: status 101 and the socket, which is paused, or the refusal. Rejects as `send` does.
 */
export async function openWebSocket(
  url: URL,
  route: Route,
  protocol: string,
  { headers, signal, idleMs, totalMs }: SendOptions,
): Promise<Answer> {
  if (route.forward !== undefined) throw new WebSocketError('a proxy for plain http cannot switch to a websocket');
  const { WebSocket } = await import('ws');
  signal.throwIfAborted();
  const address = new URL(url);
  address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const waitMs = totalMs === 0 ? idleMs : Math.min(totalMs, idleMs === 0 ? totalMs : idleMs);
  return new Promise((resolve, reject) => {
    const socket: WebSocket = new WebSocket(address, [protocol], {
      agent: route.agent,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asHeader(value)])),
      perMessageDeflate: false,
    });
    let done = false;
    const timer = waitMs === 0 ? undefined : setTimeout(() => fail(new StalledError(waitMs, 'answer')), waitMs);
    const finish = (): boolean => {
      if (done) return false;
      done = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: unknown): void => {
      if (!finish()) return;
      reject(error);
      socket.terminate();
    };
    const onAbort = (): void => fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    let answered: IncomingMessage | undefined;
    socket.on('upgrade', (response) => {
      answered = response;
    });
    socket.once('open', () => {
      if (!finish()) return;
      // Nothing may be lost before the caller listens.
      socket.pause();
      resolve({ status: 101, headers: answered?.headers ?? {}, body: Buffer.alloc(0), wireBytes: 0, socket });
    });
    socket.once('unexpected-response', (_request, response) => {
      readBody(response).then((body) => {
        if (!finish()) return;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, wireBytes: body.length });
        socket.terminate();
      }, fail);
    });
    // `terminate` before the handshake ends makes an error of its own, so the listener stays.
    socket.on('error', (error) => fail('code' in error ? error : new WebSocketError(error.message)));
  });
}

/** The server switched to something that is no websocket of the wanted kind, or cannot switch. */
export class WebSocketError extends Error {}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > REFUSAL_BYTES) break;
  }
  return Buffer.concat(chunks);
}

/** ws types headers as texts but hands them to Node, which sends a list as one header line each. */
function asHeader(value: string | readonly string[]): string {
  return (typeof value === 'string' ? value : [...value]) as string;
}
