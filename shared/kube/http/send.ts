import type http from 'node:http';
import { promisify } from 'node:util';
import type { WebSocket } from 'ws';
import { type Carrier, CutOffError, exchange, type SendOptions } from './exchange.ts';
import { overHttp1 } from './http1.ts';
import { overHttp2 } from './http2.ts';
import type { Route } from './route.ts';

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

/**
 * One HTTP request. Resolves with any answer, whatever its status; rejects with Node's error, StalledError, CutOffError
 * or the reason of `signal`. Nothing is left running afterwards.
 */
export async function send(url: URL, route: Route, options: SendOptions): Promise<Answer> {
  const { head, chunks } = await exchange(carrierFor(url, route, options), options);
  const raw = Buffer.concat(chunks);
  const body = head.headers['content-encoding'] === 'gzip' ? await decompress(raw) : raw;
  return { ...head, body, wireBytes: raw.length };
}

/** HTTP/2 where the server agreed to it in the handshake, which is waited for; else HTTP/1.1. */
function carrierFor(url: URL, route: Route, options: SendOptions): Carrier {
  const { sessions } = route;
  if (sessions === undefined) return overHttp1(url, route, options);
  return (progress) => {
    let givenUp = false;
    let giveUp = (): void => undefined;
    sessions
      .current()
      .then((session) => {
        if (givenUp) return;
        const carrier = session === undefined ? overHttp1(url, route, options) : overHttp2(session, url, options);
        giveUp = carrier(progress);
      })
      .catch(progress.fail);
    return () => {
      givenUp = true;
      giveUp();
    };
  };
}

/**
 * Only large answers come compressed, so what unpacks them is loaded by the first of those. Unpacked in one piece: in
 * zlib's own of 16 kB each costs a turn of the thread pool, 40 for the pods of one namespace.
 */
async function decompress(raw: Buffer): Promise<Buffer> {
  const { gunzip, gunzipSync } = await import('node:zlib');
  const options = { chunkSize: lengthInside(raw) };
  try {
    return raw.length < FOR_ANOTHER_THREAD ? gunzipSync(raw, options) : await promisify(gunzip)(raw, options);
  } catch {
    throw new CutOffError('the compressed answer is damaged');
  }
}

/** The length that the end of a gzip file tells (RFC 1952, ISIZE), as far as so many bytes can hold so much. */
function lengthInside(raw: Buffer): number {
  const told = raw.length < 4 ? 0 : raw.readUInt32LE(raw.length - 4);
  // A piece that is filled to the last byte asks for one more.
  return Math.max(LEAST_PIECE, Math.min(told, raw.length * MOST_PACKED, MOST_PIECE)) + 1;
}

/** Fewer bytes are unpacked sooner than another thread is begun for them: a millisecond or two. */
const FOR_ANOTHER_THREAD = 3 << 14;

/** That of zlib. */
const LEAST_PIECE = 1 << 14;
/** Deflate packs at most 1,032 bytes into one. */
const MOST_PACKED = 1032;
const MOST_PIECE = 1 << 26;
