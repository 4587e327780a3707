import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** The proxy between could not be used; kept apart from faults of the server behind it. */
export class ProxyError extends Error {
  readonly code = 'PROXY';
  /** Status of the proxy's refusal; undefined when it could not be reached at all. */
  readonly status: number | undefined;
  readonly proxy: string;

  constructor(proxy: URL, status: number | undefined, why: string) {
    super(why);
    // `origin` is null for schemes that the web does not know, and must not show a password.
    this.proxy = `${proxy.protocol}//${proxy.host}`;
    this.status = status;
  }
}

export interface TunnelOptions {
  readonly timeoutMs: number;
  /** Whom to trust when the proxy itself speaks TLS. */
  readonly tls: Pick<https.RequestOptions, 'ca' | 'rejectUnauthorized'>;
}

/** Opens a connection to `host:port` through an HTTP proxy. Rejects with ProxyError. */
export function openTunnel(proxy: URL, host: string, port: number, options: TunnelOptions): Promise<Socket> {
  const { timeoutMs } = options;
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const authorization = proxyAuthorization(proxy);
  const { request } = proxy.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const connect = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) },
      agent: false,
      ...(proxy.protocol === 'https:' ? options.tls : {}),
    });
    const timer =
      timeoutMs === 0
        ? undefined
        : setTimeout(() => connect.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    connect.once('connect', (answer, socket) => {
      clearTimeout(timer);
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new ProxyError(proxy, status, `${status} ${answer.statusMessage ?? ''}`.trim()));
    });
    // A proxy that does not know CONNECT answers as if it were a web server.
    connect.once('response', (answer) => {
      clearTimeout(timer);
      connect.destroy();
      reject(new ProxyError(proxy, answer.statusCode, `${answer.statusCode} ${answer.statusMessage ?? ''}`.trim()));
    });
    connect.once('error', (error) => {
      clearTimeout(timer);
      reject(
        new ProxyError(
          proxy,
          undefined,
          error.message === '' ? String((error as NodeJS.ErrnoException).code) : error.message,
        ),
      );
    });
    connect.end();
  });
}

/** The Basic credentials in a proxy's URL, as a header value. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '' && proxy.password === '') return undefined;
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
