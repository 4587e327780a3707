import { clusterDomainOf } from '../../../shared/dns/cluster-domain.ts';
import { keptSeconds } from '../../../shared/dns/corefile/kept-seconds.ts';
import { judgeSource, serversCorefile } from '../../../shared/dns/corefile/sources.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { slicesOf } from '../../../shared/model/services.ts';

/** What of a Service is so new that servers may still give the answer from before. */
export interface Change {
  /** `Service late was made`, `endpoints of Service db changed`. */
  readonly what: string;
  readonly seconds: number;
  /** For how long servers keep an answer. */
  readonly kept: number;
}

const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

/** The youngest change of a Service that caches of the servers may not have felt yet; undefined when all is older. */
export function justChanged(index: ClusterIndex, owner: Ref): Change | undefined {
  const service = owner.kind === 'Service' ? index.get('Service', owner.namespace ?? '', owner.name) : undefined;
  const source = serversCorefile(index);
  if (service === undefined || source === undefined) return undefined;
  const kept = keptSeconds(judgeSource(source), clusterDomainOf(index).domain);
  const age = (time: string | undefined): number => (index.now - Date.parse(time ?? '')) / 1000;
  const made = { what: `Service ${nameOf(service)} was made`, seconds: age(service.metadata?.creationTimestamp) };
  const slices = service.spec?.clusterIP === 'None' ? slicesOf(index, service) : [];
  const changed = slices.map((slice) => ({
    what: `endpoints of Service ${nameOf(service)} changed`,
    seconds: age(slice.metadata?.annotations?.[TRIGGER]),
  }));
  const [youngest] = [made, ...changed].filter(({ seconds }) => seconds < kept).sort((a, b) => a.seconds - b.seconds);
  return youngest === undefined ? undefined : { ...youngest, seconds: Math.max(0, Math.round(youngest.seconds)), kept };
}
