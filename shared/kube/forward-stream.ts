import { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/** The first byte of every message names its channel: 0 carries the data of the port, 1 its error. */
const DATA = 0;
const ERROR = 1;

/** Each channel begins with the number of the port, two bytes. */
const PORT_BYTES = 2;

/** The bytes of a port-forward of one port (v4.channel.k8s.io) as a stream. */
export function forwardStream(socket: WebSocket): Duplex {
  const header = [PORT_BYTES, PORT_BYTES];
  const stream = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      socket.send(Buffer.concat([Buffer.of(DATA), chunk]), (error) => done(error ?? null));
    },
    final(done) {
      // There is no half-closing: the end of writing ends the connection once what was written is sent.
      socket.close();
      done();
    },
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  socket.on('message', (data) => {
    const message = toBuffer(data);
    const channel = message[0] ?? DATA;
    const skip = Math.min(header[channel] ?? 0, message.length - 1);
    header[channel] = (header[channel] ?? 0) - skip;
    const content = message.subarray(1 + skip);
    if (content.length === 0) return;
    if (channel === ERROR) stream.destroy(new Error(content.toString('utf8').trim()));
    else if (channel === DATA && !stream.push(content)) socket.pause();
  });
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => {
    if (!stream.destroyed) stream.push(null);
  });
  return stream;
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
