import { type AddressRange, parseWireRange, wholeFamily } from '../../util/addresses.ts';
import { after, type Lines, splitWords } from './words.ts';

export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'anycast';

export interface NextHop {
  /** Absent for a route straight onto a link. */
  readonly via: string | undefined;
  readonly device: string | undefined;
}

export interface Route {
  readonly line: number;
  readonly type: RouteType;
  /** As written: `default`, `10.244.1.0/24`. */
  readonly destination: string;
  readonly range: AddressRange;
  readonly hops: readonly NextHop[];
  readonly onlink: boolean;
  /** The link is down, the gateway is gone: the kernel does not use such a hop. */
  readonly dead: boolean;
  readonly metric: number;
  readonly table: string;
  readonly protocol: string | undefined;
  readonly mtu: number | undefined;
  /** The address of the node that packets leave with. */
  readonly source: string | undefined;
}

/** `ip route`, of one table or all (`ip route show table all`), IPv4 or IPv6. */
export interface RouteDump {
  readonly kind: 'routes';
  readonly routes: readonly Route[];
}

const TYPES: ReadonlySet<string> = new Set([
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'anycast',
]);

const TYPE = '(unicast|local|broadcast|multicast|blackhole|unreachable|prohibit|throw|anycast)';
const DESTINATION = '(default|[0-9]+(\\.[0-9]+){1,3}(/\\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:.]*(/\\d+)?)';
const NEXT = '(via|dev|proto|scope|src|metric|table|nhid|encap|tos|dsfield|realms?|mtu|onlink|linkdown|pref)';

/** A blank at the end is that of a destination whose hops follow, each on a line of its own. */
const ROUTE = new RegExp(`^(${TYPE} ${DESTINATION}( |$)|${DESTINATION} (${NEXT}( |$)|$))`);

/**
 * Lines of `ip route`: a type and a destination, or a destination and a word that belongs to routes, so that tables of route -n
 * and arp are not taken for them. What `ip route get` answers of one packet, known by `uid` or `cache`, is no table.
 */
export function isRouteLine(text: string): boolean {
  return ROUTE.test(text) && !/ (uid \d+|cache) *$/.test(text);
}

/** Reads routes; a line of another shape is passed over. */
export function parseRoutes(lines: Lines): RouteDump {
  const routes: Route[] = [];
  for (const { text, line } of lines) {
    if (/^\s+nexthop /.test(text)) {
      const last = routes.pop();
      if (last !== undefined) routes.push(withHop(last, splitWords(text.trim())));
      continue;
    }
    const route = isRouteLine(text) ? readRoute(text, line) : undefined;
    if (route !== undefined) routes.push(route);
  }
  return { kind: 'routes', routes };
}

function readRoute(text: string, line: number): Route | undefined {
  const words = splitWords(text.trim());
  const type = TYPES.has(words[0] ?? '') ? ((words.shift() ?? 'unicast') as RouteType) : 'unicast';
  const destination = words[0] ?? '';
  const ipv6 = text.includes(':') && !/^default via \d+\./.test(text);
  const range = destination === 'default' ? wholeFamily(ipv6 ? 6 : 4) : parseWireRange(shortForm(destination));
  if (range === undefined) return undefined;
  const via = after(words, 'via');
  const device = after(words, 'dev');
  const hops =
    via === undefined && device === undefined ? [] : [{ via: via === 'inet6' ? after(words, 'inet6') : via, device }];
  return {
    line,
    type,
    destination,
    range,
    hops,
    onlink: words.includes('onlink'),
    dead: words.includes('linkdown') || words.includes('dead'),
    metric: Number(after(words, 'metric') ?? 0) || 0,
    table: after(words, 'table') ?? (type === 'local' || type === 'broadcast' || type === 'anycast' ? 'local' : 'main'),
    protocol: after(words, 'proto'),
    source: after(words, 'src'),
    mtu: Number(after(words, 'mtu') === 'lock' ? after(words, 'lock') : after(words, 'mtu')) || undefined,
  };
}

/** Old programs leave trailing zeros out: `10.244/16`, `127/8`. */
function shortForm(text: string): string {
  if (text.includes(':')) return text;
  const [address = '', length] = text.split('/');
  const parts = address.split('.');
  while (parts.length < 4) parts.push('0');
  return length === undefined ? parts.join('.') : `${parts.join('.')}/${length}`;
}

function withHop(route: Route, words: readonly string[]): Route {
  const hop = { via: after(words, 'via'), device: after(words, 'dev') };
  return { ...route, hops: [...route.hops, hop] };
}
