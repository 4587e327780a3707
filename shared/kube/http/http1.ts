import http from 'node:http';
import https from 'node:https';
import { type Carrier, CutOffError, type SendOptions } from './exchange.ts';
import type { Route } from './route.ts';

/** Carries a request over one of the agent's kept-alive connections (HTTP/1.1). */
export function overHttp1(url: URL, route: Route, options: SendOptions): Carrier {
  return ({ moved, connected, head, data, end, fail }) => {
    const request = start(url, route, options);
    request.on('socket', (socket) => {
      moved();
      if (request.reusedSocket) connected();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    });
    // The reused connection is asked for by the retry, which only concerns connections that the server had closed.
    request.on('error', (error) => fail(Object.assign(error, { reused: request.reusedSocket })));
    request.on('response', (response) => {
      head({ status: response.statusCode ?? 0, headers: response.headers });
      response.on('data', data);
      response.on('end', end);
      const cut = (): void => fail(new CutOffError('the connection ended inside the answer'));
      response.on('error', cut);
      response.on('close', cut);
    });
    request.end(options.body);
    return () => request.destroy();
  };
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
