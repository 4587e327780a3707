import type { Route } from '../../../../shared/datapath/dump/routes.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import { place, where } from './words.ts';

/** A route that no plugin wrote stays whatever agent is started anew. */
export function takeAway(dumps: NodeDumps, route: Route): readonly Fix[] {
  const text = formatRoute(route);
  const title = `on ${where(dumps)}: take that route away`;
  return [{ title, command: `ip route del ${text}`, risk: 'low', undo: `ip route add ${text}` }];
}

/** `10.244.1.0/24 via 10.244.1.0 dev flannel.1`. */
export function formatRoute(route: Route): string {
  const hops = route.hops.map(({ via, device }) =>
    [via === undefined ? '' : `via ${via}`, device === undefined ? '' : `dev ${device}`]
      .filter((part) => part !== '')
      .join(' '),
  );
  return [route.type === 'unicast' ? '' : route.type, route.destination, hops.join(', '), route.dead ? 'linkdown' : '']
    .filter((part) => part !== '')
    .join(' ');
}

/** Where a route stands in the dumps; the list of routes for one that is not there. */
export function placeOf(dumps: NodeDumps, route: Route | undefined): string {
  const dump = dumps.files
    .flatMap(({ dumps: all }) => all)
    .find((entry) => entry.kind === 'routes' && (route === undefined || entry.routes.includes(route)));
  return place(dumps, dump, route?.line ?? 0);
}
