import { inRange, parseAddress } from '../util/addresses.ts';
import type { Route } from './dump/routes.ts';

/**
 * The route that a packet to an address takes in the main table: the longest prefix, then the smallest metric. Routes
 * whose links are down are passed over, as the kernel does. Rules that choose other tables are not followed.
 */
export function lookUp(routes: readonly Route[], text: string): Route | undefined {
  return lookUpIn(routes, text, isMain);
}

/** The same in the routes that are asked for. */
export function lookUpIn(routes: readonly Route[], text: string, wanted: (route: Route) => boolean): Route | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  let best: Route | undefined;
  for (const route of routes) {
    if (!isForPackets(route) || !wanted(route) || route.dead || !inRange(route.range, address)) continue;
    if (best === undefined || isBetter(route, best)) best = route;
  }
  return best;
}

/** Whether a route stands in the table that is asked where no rule says otherwise. */
export function isMain({ table }: Route): boolean {
  return table === 'main' || table === '254';
}

function isForPackets({ type }: Route): boolean {
  return type !== 'broadcast' && type !== 'multicast' && type !== 'local';
}

function isBetter(route: Route, than: Route): boolean {
  const [size, other] = [route.range.last - route.range.first, than.range.last - than.range.first];
  return size === other ? route.metric < than.metric : size < other;
}

/** Whether a route is the default one, which says nothing about where pods are. */
export function isDefault({ destination }: Route): boolean {
  return destination === 'default' || destination === '0.0.0.0/0' || destination === '::/0';
}
