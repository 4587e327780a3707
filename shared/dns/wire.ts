import dnsPacket from 'dns-packet';

/** One question on the wire. */
export interface WireQuestion {
  readonly name: string;
  readonly type: WireType;
}

export type WireType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME' | 'TXT' | 'MX' | 'NS' | 'SOA';

/** What one server said to one question. Names are in lower case, without the dot at their end. */
export interface WireAnswer {
  readonly name: string;
  readonly type: string;
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED` … */
  readonly rcode: string;
  readonly answers: readonly WireRecord[];
  /** Milliseconds until the answer was there, the way to the server included. */
  readonly ms: number;
}

export interface WireRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  /** Written as in `DnsRecord.data`. */
  readonly data: string;
}

/** A question as it is sent over TCP, with two bytes of length before it (RFC 1035 §4.2.2). */
export function encodeQuestion(id: number, { name, type }: WireQuestion): Buffer {
  return dnsPacket.streamEncode({
    type: 'query',
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ name: name.replace(/\.$/, ''), type, class: 'IN' }],
  });
}

/** The length of the first message in a buffer, with the two bytes before it; undefined while it is not whole. */
export function firstMessage(buffer: Buffer): number | undefined {
  if (buffer.length < 2) return undefined;
  const length = buffer.readUInt16BE(0) + 2;
  return buffer.length < length ? undefined : length;
}

/** Reads an answer. Throws a RangeError or Error for bytes that are no DNS message. */
export function decodeAnswer(message: Buffer): Omit<WireAnswer, 'name' | 'type' | 'ms'> & { readonly id: number } {
  const packet = dnsPacket.streamDecode(message) as dnsPacket.DecodedPacket & { readonly rcode?: string };
  const answers = (packet.answers ?? []).flatMap((answer): readonly WireRecord[] => {
    if (answer.type === 'OPT') return [];
    const { ttl = 0 } = answer as { readonly ttl?: number };
    return [{ name: tidy(answer.name), type: answer.type, ttl, data: dataOf(answer) }];
  });
  return { id: packet.id ?? 0, rcode: packet.rcode ?? 'NOERROR', answers };
}

function dataOf(answer: dnsPacket.Answer): string {
  const { data } = answer as { readonly data?: unknown };
  if (answer.type === 'TXT') {
    const parts = Array.isArray(data) ? data : [data];
    return parts.map((part) => (Buffer.isBuffer(part) ? part.toString('utf8') : String(part))).join('');
  }
  if (answer.type === 'SRV') {
    const { port, target } = data as { readonly port: number; readonly target: string };
    // Priority and weight are the server's choice; the specification asks for the port and the target.
    return `0 0 ${port} ${tidy(target)}`;
  }
  if (typeof data === 'string') return tidy(data);
  return JSON.stringify(data) ?? '';
}

function tidy(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
