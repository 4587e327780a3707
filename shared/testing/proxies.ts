import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { CertifiedKey } from './certs.ts';

export interface TestProxy {
  readonly url: string;
  /** What was asked for, `host:port` or a whole URL. */
  readonly asked: readonly string[];
  /** Value of the Proxy-Authorization header of the last request. */
  readonly authorization: () => string | undefined;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** Refuse every request with this status. */
  readonly refuse?: number;
  /** Accept connections and stay silent. */
  readonly stall?: boolean;
  /** Speak TLS with this certificate. */
  readonly tls?: CertifiedKey;
}

/** An HTTP proxy that knows CONNECT and plain forwarding. */
export async function startHttpProxy({ refuse, stall = false, tls }: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  let authorization: string | undefined;
  const handle: http.RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    authorization = request.headers['proxy-authorization'];
    if (refuse !== undefined) {
      response.writeHead(refuse).end();
      return;
    }
    const { host: _host, ...headers } = request.headers;
    const onward = http.request(request.url ?? '', { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  };
  const server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle);
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    asked.push(request.url ?? '');
    authorization = request.headers['proxy-authorization'];
    socket.on('error', () => undefined);
    if (stall) return;
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} Refused\r\n\r\n`);
      return;
    }
    const [host = '', port = ''] = (request.url ?? '').split(':');
    join(
      connect(Number(port), host, () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n')),
      socket,
    );
  });
  return finish(server, tls === undefined ? 'http' : 'https', asked, () => authorization);
}

/** A SOCKS5 proxy without a login (RFC 1928), for names and IPv4 addresses. */
export async function startSocksProxy(): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        const named = request[3] === 3;
        const length = named ? (request[4] ?? 0) : 4;
        const from = named ? 5 : 4;
        const address = request.subarray(from, from + length);
        const host = named ? address.toString() : [...address].join('.');
        const port = request.readUInt16BE(from + length);
        asked.push(`${host}:${port}`);
        const onward = connect(port, host, () => socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])));
        join(onward, socket);
      });
    });
  });
  return finish(server, 'socks5', asked, () => undefined);
}

function join(onward: Socket, socket: Socket): void {
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  onward.on('close', () => socket.destroy());
  onward.pipe(socket);
  socket.pipe(onward);
}

async function finish(
  server: Server,
  scheme: string,
  asked: readonly string[],
  authorization: () => string | undefined,
): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorization,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
