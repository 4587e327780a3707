import type { Duplex } from 'node:stream';
import dnsPacket from 'dns-packet';

/** Answers by `NAME TYPE`: texts of records (`CNAME target` for an alias), or an rcode. Names that are not there do not exist. */
export type FakeZone = Readonly<Record<string, readonly string[] | 'SERVFAIL' | 'REFUSED'>>;

const RCODES = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 } as const;

/** A DNS server over one TCP connection, as CoreDNS looks through a port-forward. */
export function dnsServer(zone: FakeZone): (socket: Duplex) => void {
  return (socket) => {
    let buffer: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      while (buffer.length >= 2 && buffer.length >= buffer.readUInt16BE(0) + 2) {
        const length = buffer.readUInt16BE(0) + 2;
        socket.write(answer(zone, buffer.subarray(0, length)));
        buffer = buffer.subarray(length);
      }
    });
  };
}

function answer(zone: FakeZone, message: Buffer): Buffer {
  const query = dnsPacket.streamDecode(message);
  const question = query.questions?.[0];
  if (question === undefined) throw new Error('no question');
  const { name, type } = question;
  const found = zone[`${name} ${type}`];
  const exists = Object.keys(zone).some((key) => key.startsWith(`${name} `));
  const rcode = typeof found === 'string' ? RCODES[found] : found === undefined && !exists ? RCODES.NXDOMAIN : 0;
  const answers = typeof found === 'object' ? found.map((text) => record(name, type, text)) : [];
  return dnsPacket.streamEncode({ type: 'response', id: query.id ?? 0, flags: rcode, questions: [question], answers });
}

function record(name: string, type: string, text: string): dnsPacket.Answer {
  if (type === 'SRV') {
    const [priority, weight, port, target = ''] = text.split(' ');
    const data = { priority: Number(priority), weight: Number(weight), port: Number(port), target };
    return { name, type: 'SRV', ttl: 5, data };
  }
  if (text.startsWith('CNAME ')) return { name, type: 'CNAME', ttl: 5, data: text.slice('CNAME '.length) };
  return { name, type, ttl: 5, data: text } as dnsPacket.Answer;
}
