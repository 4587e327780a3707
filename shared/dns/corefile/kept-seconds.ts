import { isBelow, normalName } from './go/names.ts';
import type { Judgement } from './judge.ts';
import { directivesNamed, optionNamed, viewServer } from './lint/views.ts';
import { uncachedZones } from './uncached.ts';

/** TTL that plugin kubernetes gives its answers, of names that do not exist too. */
const USUAL_TTL = 5;

/**
 * How many seconds a server goes on giving an answer about the cluster's own names after the objects have changed: its
 * plugin cache keeps it no longer than the TTL of plugin kubernetes says. 0 where these names are not cached.
 */
export function keptSeconds(judgement: Judgement, domain: string): number {
  const zone = normalName(domain);
  if (uncachedZones(judgement).some((uncached) => isBelow(zone, uncached))) return 0;
  const server = judgement.servers.map(viewServer).find((one) => directivesNamed(one, 'kubernetes').length > 0);
  if (server === undefined) return 0;
  const [cache] = directivesNamed(server, 'cache');
  const [kubernetes] = directivesNamed(server, 'kubernetes');
  if (cache === undefined || kubernetes === undefined) return 0;
  const ttl = Number(optionNamed(kubernetes, 'ttl')?.args[0] ?? USUAL_TTL);
  const most = Number(cache.args[0] ?? Number.NaN);
  return Number.isNaN(most) ? ttl : Math.min(ttl, most);
}
