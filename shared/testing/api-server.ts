import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { type ApiServerOptions, answer, type Content, reviewAnswer, type ServerState, status } from './api-answers.ts';
import { acceptForwards } from './api-forwards.ts';
import { groupByKind } from './fake-cluster.ts';

/** What the server does instead of answering as an API server. */
export type Trick =
  /** Accepts the request and stays silent. */
  | { readonly do: 'stall' }
  /** Begins an answer and falls silent. */
  | { readonly do: 'stall in body' }
  /** Closes the connection without an answer, or in the middle of one. */
  | { readonly do: 'drop' }
  | { readonly do: 'drop in body' }
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export type Rule = Trick & {
  /** A part of the URL; every request unless given. */
  readonly on?: string;
  /** How often; for ever unless given. */
  readonly times?: number;
};

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Common name of the client certificate. */
  readonly certificate?: string;
  /** Number of the connection, counted from 1. */
  readonly connection: number;
}

export interface ApiServer {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  /** Adds a rule in front of the others. */
  play(rule: Rule): void;
  /** Replaces the accepted tokens. */
  acceptTokens(tokens: readonly string[]): void;
  /** Closes every connection, and goes on listening. */
  hangUp(): void;
  close(): Promise<void>;
}

/** A small Kubernetes API server over objects in memory, on a port of its own, that can also misbehave. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const state: ServerState = { options, objects: groupByKind(options.objects ?? []), tokens: options.tokens };
  const rules: (Rule & { left: number })[] = [];
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const numbers = new Map<number | undefined, number>();
  let connections = 0;

  const handle: http.RequestListener = (request, response) => {
    const url = request.url ?? '/';
    const certificate = commonName(request.socket);
    seen.push({
      method: request.method ?? '',
      url,
      headers: request.headers,
      ...(certificate === undefined ? {} : { certificate }),
      connection: numbers.get(request.socket.remotePort) ?? 0,
    });
    if (options.date !== undefined) response.setHeader('date', options.date.toUTCString());
    const rule = rules.find((candidate) => candidate.left > 0 && url.includes(candidate.on ?? ''));
    if (rule !== undefined) {
      rule.left -= 1;
      trick(rule, response);
      return;
    }
    if (request.method !== 'POST') {
      reply(answer(state, url, request.headers.authorization, certificate), request, response);
      return;
    }
    text(request).then((posted) => reply(reviewAnswer(posted, options), request, response));
  };
  const server = createServer(options, handle);
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const track = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    numbers.set(socket.remotePort, connections);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  };
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', track);
  server.on('tlsClientError', () => undefined);
  acceptForwards(server, options, ({ url = '', headers }) => seen.push({ method: 'GET', url, headers, connection: 0 }));
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}${options.basePath ?? ''}`,
    port,
    seen,
    play: (rule) => rules.unshift({ ...rule, left: rule.times ?? Number.POSITIVE_INFINITY }),
    acceptTokens: (tokens) => {
      state.tokens = tokens;
    },
    hangUp,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        hangUp();
        server.closeAllConnections?.();
      }),
  };
}

function createServer({ tls, clientCa, http1 }: ApiServerOptions, handle: http.RequestListener): http.Server {
  if (tls === undefined) return http.createServer(handle);
  const settings = {
    ...tls,
    ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
  };
  if (http1 === true) return https.createServer(settings, handle);
  // Node's compatibility layer gives streams the face of HTTP/1.1.
  return http2.createSecureServer({ ...settings, allowHTTP1: true }, handle as never) as unknown as https.Server;
}

function reply(content: Content, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { status, body, type = 'application/json' } = content;
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  const zipped = text.length > 1000 && /gzip/.test(String(request.headers['accept-encoding'] ?? ''));
  response.writeHead(status, { 'content-type': type, ...(zipped ? { 'content-encoding': 'gzip' } : {}) });
  response.end(zipped ? gzipSync(text, { level: 1 }) : text);
}

function trick(rule: Trick, response: http.ServerResponse): void {
  switch (rule.do) {
    case 'stall':
      return;
    case 'stall in body':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"kind":"PodList","items":[');
      return;
    case 'drop':
      connectionOf(response)?.destroy();
      return;
    case 'drop in body':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"kind":"PodList","items":[', () => connectionOf(response)?.destroy());
      return;
    case 'answer':
      response.writeHead(rule.status, { 'content-type': 'application/json', ...rule.headers });
      response.end(rule.body ?? JSON.stringify(status(rule.status, 'Failure', 'as told')));
  }
}

/** The connection itself; what Node calls the socket of a stream of HTTP/2 only ends that stream. */
function connectionOf(response: http.ServerResponse): { destroy(): void } | null | undefined {
  const { stream } = response as { readonly stream?: http2.ServerHttp2Stream };
  return stream === undefined ? response.socket : stream.session;
}

function commonName(socket: Socket): string | undefined {
  const tls = socket as TLSSocket;
  if (typeof tls.getPeerCertificate !== 'function' || !tls.authorized) return undefined;
  const name = tls.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}
