import { validateHeaderValue } from 'node:http';
import type { ClientHttp2Session } from 'node:http2';
import { isIP } from 'node:net';
import tls from 'node:tls';
import { type Carrier, CutOffError, type Head, type SendOptions } from './exchange.ts';
import { nextTurn } from './next-turn.ts';

/** The one connection to a server that speaks HTTP/2, made anew when the server has closed it. */
export interface Sessions {
  /** Undefined when the server only speaks HTTP/1.1. Rejects with the fault of the connection. */
  current(): Promise<ClientHttp2Session | undefined>;
  close(): void;
}

/** Bytes that may be under way to one answer, and to all of them: a large list must not wait for acknowledgements. */
const STREAM_WINDOW = 1 << 20;
const SESSION_WINDOW = 1 << 23;

/**
 * Connections to `server` that ask for HTTP/2 in the handshake (RFC 9113, RFC 7301), as kubectl does: all questions
 * share one handshake.
 */
export function createSessions(server: URL, options: tls.ConnectionOptions): Sessions {
  let current: Promise<ClientHttp2Session | undefined> | undefined;
  let closed = false;

  async function begin(forget: () => void): Promise<ClientHttp2Session | undefined> {
    const connecting = secureConnection(server, options);
    // Its fault is met below.
    connecting.catch(() => undefined);
    // The code for it is loaded while the server answers.
    await nextTurn();
    const [socket, { connect }] = await Promise.all([connecting, import('node:http2')]);
    if (socket.alpnProtocol !== 'h2' || closed) {
      socket.destroy();
      return undefined;
    }
    const session = connect(server.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
    });
    session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW));
    for (const end of ['goaway', 'close', 'error']) session.on(end, forget);
    return session;
  }

  return {
    current() {
      if (current !== undefined) return current;
      const forget = (): void => {
        if (current === made) current = undefined;
      };
      const made = begin(forget);
      made.catch(forget);
      current = made;
      return made;
    },
    close() {
      closed = true;
      current?.then(
        (session) => session?.destroy(),
        () => undefined,
      );
    },
  };
}

function secureConnection(server: URL, options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const host = server.hostname.replace(/^\[|\]$/g, '');
    const socket = tls.connect({
      host,
      port: server.port === '' ? 443 : Number(server.port),
      // An address cannot be sent as a name (RFC 6066 §3).
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['h2', 'http/1.1'],
      ...options,
    });
    socket.once('secureConnect', () => resolve(socket));
    socket.on('error', reject);
    socket.once('close', () => reject(new CutOffError('the connection ended inside the handshake')));
  });
}

/** Connections that have carried an answer. */
const proven = new WeakSet<ClientHttp2Session>();

/** Carries a request as one of many streams over a connection (HTTP/2). */
export function overHttp2(session: ClientHttp2Session, url: URL, options: SendOptions): Carrier {
  return ({ connected, head, data, end, fail }) => {
    const { method = 'GET', headers, body } = options;
    for (const [name, value] of Object.entries(headers)) {
      for (const text of [value].flat()) validateHeaderValue(name, text);
    }
    let phase = 'the request';
    const cut = (): void => fail(new CutOffError(`the connection ended inside ${phase}`, proven.has(session)));
    if (session.closed || session.destroyed) {
      cut();
      return () => undefined;
    }
    const stream = session.request(
      { ':method': method, ':path': `${url.pathname}${url.search}`, ...(headers as Record<string, string>) },
      { endStream: body === undefined },
    );
    connected();
    stream.once('response', (received) => {
      proven.add(session);
      phase = 'the answer';
      head({ status: received[':status'] ?? 0, headers: received as Head['headers'] });
    });
    stream.on('data', data);
    stream.on('end', () => (stream.rstCode === 0 ? end() : cut()));
    for (const event of ['aborted', 'error', 'close']) stream.on(event, cut);
    if (body !== undefined) stream.end(body);
    return () => stream.destroy();
  };
}
