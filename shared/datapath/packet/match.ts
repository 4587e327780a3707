import { type AddressRange, inRange, parseAddress, parseWireRange } from '../../util/addresses.ts';
import type { Condition, Rule, Table } from '../dump/rule-set.ts';

/** The answer to whether a packet meets a condition; `maybe` where the dump cannot tell. */
export type Tri = 'yes' | 'no' | 'maybe';

/** The first packet of a connection, as it stands at one hook. */
export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'sctp' | 'ipip';
  readonly source: string;
  readonly destination: string;
  /** That of the server: it is the source's in an answer; 0 for a protocol without ports. */
  readonly port: number;
  /** The first packet of the other direction. */
  readonly answer?: boolean | undefined;
  /** Names of links, where they are known. */
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  /** The destination is an address of the node itself. */
  readonly local?: boolean | undefined;
}

/** Whether a packet meets all conditions of a rule. `marked`: something may have marked it before. */
export function matchRule(rule: Rule, packet: Packet, table: Table, marked: boolean): Tri {
  let result: Tri = 'yes';
  for (const condition of rule.conditions) {
    const answer = matchCondition(condition, packet, table, marked);
    if (answer === 'no') return 'no';
    if (answer === 'maybe') result = 'maybe';
  }
  return result;
}

function matchCondition(condition: Condition, packet: Packet, table: Table, marked: boolean): Tri {
  const answer = matchPlain(condition, packet, table, marked);
  if (!condition.negated || answer === 'maybe') return answer;
  return answer === 'yes' ? 'no' : 'yes';
}

function matchPlain({ field, values }: Condition, packet: Packet, table: Table, marked: boolean): Tri {
  switch (field) {
    case 'protocol':
      return values.some((value) => value === 'all' || value === '0' || protocolName(value) === packet.protocol)
        ? 'yes'
        : 'no';
    case 'source':
      return matchAddress(values, packet.source, table);
    case 'destination':
      return matchAddress(values, packet.destination, table);
    case 'in':
      return matchLink(values, packet.in);
    case 'out':
      return matchLink(values, packet.out);
    case 'dport':
    case 'sport':
      if ((field === 'sport') === (packet.answer === true)) return matchPort(values, packet.port);
      return values.some((value) => value === '0:65535') ? 'yes' : 'maybe';
    case 'state':
      return matchState(values, packet.answer === true ? 'established' : 'new');
    case 'mark':
      return marked ? 'maybe' : matchMark(values);
    default:
      return matchOther(values[0] ?? '', packet);
  }
}

const NUMBERS: Readonly<Record<string, string>> = {
  '4': 'ipip',
  '6': 'tcp',
  '17': 'udp',
  '94': 'ipip',
  '132': 'sctp',
  ipencap: 'ipip',
};

function protocolName(value: string): string {
  return NUMBERS[value.toLowerCase()] ?? value.toLowerCase();
}

function matchAddress(values: readonly string[], text: string, table: Table): Tri {
  const address = parseAddress(text);
  if (address === undefined) return 'maybe';
  for (const value of values) {
    if (value.startsWith('@')) {
      const set = table.sets.get(value.slice(1));
      if (set === undefined || set.some(({ key }) => key.length !== 1)) return 'maybe';
      if (set.some(({ key }) => holds(key[0] ?? '', address))) return 'yes';
    } else if (holds(value, address)) {
      return 'yes';
    }
  }
  return 'no';
}

const ranges = new Map<string, AddressRange | undefined>();

/** A block, an address, or `first-last`. Dumps repeat the same few texts thousands of times, hence the map. */
function holds(text: string, address: ReturnType<typeof parseAddress>): boolean {
  if (address === undefined) return false;
  let range = ranges.get(text);
  if (range === undefined && !ranges.has(text)) {
    const dash = text.indexOf('-');
    const [first, last] = dash < 0 ? [] : [parseAddress(text.slice(0, dash)), parseAddress(text.slice(dash + 1))];
    range =
      first !== undefined && last !== undefined
        ? { family: first.family, first: first.value, last: last.value }
        : parseWireRange(text);
    if (ranges.size > 20_000) ranges.clear();
    ranges.set(text, range);
  }
  return range !== undefined && inRange(range, address);
}

/** Links that packets of pods never use. */
const NEVER =
  /^(lo\+?|docker\d*\+?|br-[0-9a-f]{12}|virbr\d*\+?|lxdbr\d*|podman\d*\+?|tailscale\d*\+?|zt\w+|ppp\d*\+?)$/;

function matchLink(values: readonly string[], name: string | undefined): Tri {
  if (name === undefined) return values.every((value) => NEVER.test(value)) ? 'no' : 'maybe';
  return values.some((value) => (value.endsWith('+') ? name.startsWith(value.slice(0, -1)) : value === name))
    ? 'yes'
    : 'no';
}

function matchPort(values: readonly string[], port: number): Tri {
  for (const value of values) {
    if (value.startsWith('@')) return 'maybe';
    const [from = '', to = from] = value.split(':');
    const low = from === '' ? 0 : Number(from);
    const high = to === '' ? 65_535 : Number(to);
    if (Number.isNaN(low) || Number.isNaN(high)) return 'maybe';
    if (low <= port && port <= high) return 'yes';
  }
  return 'no';
}

/** Packets straight from one to another: tracked, no address of them translated. */
function matchState(values: readonly string[], state: 'new' | 'established'): Tri {
  return values.some((value) => value.toLowerCase() === state) ? 'yes' : 'no';
}

/** A packet nobody marked has mark 0. */
function matchMark(values: readonly string[]): Tri {
  const plain = /^(0x[0-9a-f]+|\d+)(?:\/(?:0x[0-9a-f]+|\d+))?$/i.exec(values[0] ?? '');
  if (plain !== null) return Number(plain[1]) === 0 ? 'yes' : 'no';
  const nft = /== (0x[0-9a-f]+|\d+)$/i.exec(values[0] ?? '');
  if (nft !== null) return Number(nft[1]) === 0 ? 'yes' : 'no';
  return 'maybe';
}

/** Types of addresses (iptables-extensions(8), nft(8)): packets of others come from machines and go to one, this node or another. */
function matchOther(text: string, { local = false, answer = false }: Packet): Tri {
  const type = /^--(dst|src)-type (\w+)$/.exec(text) ?? /^fib (daddr|saddr) type (\w+)$/.exec(text);
  if (type !== null) {
    const own = local && type[1]?.startsWith('d') === true ? 'LOCAL' : 'UNICAST';
    return type[2]?.toUpperCase() === own ? 'yes' : 'no';
  }
  if (text === '--syn' && answer) return 'no';
  if (text === '--syn' || text === '--limit-iface-out') return 'yes';
  return 'maybe';
}
