import type http from 'node:http';
import { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ApiServerOptions, status } from './api-answers.ts';

const PATH = /\/api\/v1\/namespaces\/(?<namespace>[^/]+)\/pods\/(?<pod>[^/]+)\/portforward\?ports=(?<port>\d+)$/;

/** Lets a test's API server forward ports over websockets, in the frames of a kubelet (v4.channel.k8s.io). */
export function acceptForwards(
  server: http.Server,
  options: ApiServerOptions,
  saw: (request: http.IncomingMessage) => void,
): void {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (wanted) => [...wanted][0] ?? false });
  server.on('upgrade', (request, socket, head) => {
    const url = request.url ?? '';
    saw(request);
    const { namespace, pod, port } = PATH.exec(url)?.groups ?? {};
    const token = request.headers.authorization;
    if (options.tokens?.every((accepted) => token !== `Bearer ${accepted}`)) refuse(socket, 401, 'Unauthorized');
    else if (options.denied?.includes('create pods/portforward')) refuse(socket, 403, 'Forbidden');
    else if (port === undefined) refuse(socket, 404, 'NotFound');
    else {
      sockets.handleUpgrade(request, socket, head, (accepted) =>
        serve(accepted, Number(port), options.listeners?.[`${namespace}/${pod}:${port}`]),
      );
    }
  });
}

function refuse(socket: Duplex, code: number, reason: string): void {
  const body = JSON.stringify(status(code, reason, reason));
  const head = `HTTP/1.1 ${code} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.end(head + body);
}

function serve(socket: WebSocket, port: number, listener: ((stream: Duplex) => void) | undefined): void {
  for (const channel of [0, 1]) socket.send(Buffer.of(channel, port & 0xff, port >> 8));
  if (listener === undefined) {
    const message = `error forwarding port ${port}: dial tcp4 127.0.0.1:${port}: connect: connection refused`;
    socket.send(Buffer.concat([Buffer.of(1), Buffer.from(message)]), () => socket.close());
    return;
  }
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => socket.send(Buffer.concat([Buffer.of(0), chunk]), () => done()),
    final(done) {
      socket.close();
      done();
    },
  });
  socket.on('message', (data: Buffer) => stream.push(data.subarray(1)));
  socket.on('close', () => stream.push(null));
  listener(stream);
}
