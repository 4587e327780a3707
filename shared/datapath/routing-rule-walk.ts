import { inRange, parseAddress, parseCidr } from '../util/addresses.ts';
import type { Route } from './dump/routes.ts';
import type { RoutingRule } from './dump/routing-rules.ts';
import { lookUpIn } from './route-lookup.ts';

/** A packet without a mark. */
export interface Routed {
  readonly source: string;
  readonly destination: string;
  /** The interface it comes in by, where that is known. */
  readonly in: string | undefined;
}

/** What rules make of a packet before the table main is asked. */
export type Detour =
  | { readonly kind: 'ended'; readonly rule: RoutingRule }
  | { readonly kind: 'route'; readonly rule: RoutingRule; readonly route: Route }
  /** The table that the rule asks is not among the routes. */
  | { readonly kind: 'unknown'; readonly rule: RoutingRule };

const LOCAL = /^(local|255)$/;
const MAIN = /^(main|254)$/;
const DEFAULT = /^(default|253)$/;

/** Follows rules until the table main has a route; undefined where nothing comes before it. */
export function detourOf(rules: readonly RoutingRule[], routes: readonly Route[], packet: Routed): Detour | undefined {
  for (const rule of rules) {
    if (!matches(rule, packet)) continue;
    const { action, table = '', suppress } = rule;
    if (action === 'other') return undefined;
    if (action !== 'lookup') return { kind: 'ended', rule };
    if (LOCAL.test(table) || DEFAULT.test(table)) continue;
    const own = routes.filter((route) => (MAIN.test(table) ? MAIN.test(route.table) : route.table === table));
    const route = lookUpIn(own, packet.destination, (one) => prefixOf(one) > (suppress ?? -1));
    if (MAIN.test(table)) {
      if (route !== undefined) return undefined;
    } else if (own.length === 0) return { kind: 'unknown', rule };
    else if (route !== undefined && route.type !== 'throw') return { kind: 'route', rule, route };
  }
  return undefined;
}

function matches(rule: RoutingRule, packet: Routed): boolean {
  if (rule.asksMore || (rule.asksMark && !rule.not)) return false;
  const found =
    !rule.asksMark &&
    isIn(rule.from, packet.source) &&
    isIn(rule.to, packet.destination) &&
    (rule.in === undefined || rule.in === packet.in);
  return found !== rule.not;
}

function isIn(block: string | undefined, text: string): boolean {
  if (block === undefined) return true;
  const range = parseCidr(block);
  const address = parseAddress(text);
  return range !== undefined && address !== undefined && inRange(range, address);
}

function prefixOf({ range }: Route): number {
  const bits = (range.last - range.first + 1n).toString(2).length - 1;
  return (range.family === 4 ? 32 : 128) - bits;
}
