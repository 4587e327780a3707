import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';

/** The Service that a host names, as a name of the cluster's DNS or as the Service's own address. */
export interface HostMeaning {
  readonly namespace: string;
  readonly name: string;
  /** Undefined when no such Service was read. */
  readonly service: Service | undefined;
  /** The pod of `db-0.db`. */
  readonly pod?: string;
  /** What follows `.svc`, empty when nothing does. */
  readonly domain?: string;
}

/** What pods of a namespace mean by a host; undefined for one that is, or may be, outside the cluster. */
export function meaningOf(index: ClusterIndex, own: string, host: string): HostMeaning | undefined {
  if (/^[\d.]+$/.test(host)) return ofAddress(index, host);
  const [first = '', second = '', third = '', ...rest] = host.split('.');
  const named = (namespace: string, name: string, more: Partial<HostMeaning> = {}): HostMeaning => ({
    namespace,
    name,
    service: index.get('Service', namespace, name),
    ...more,
  });
  if (second === '') return named(own, first);
  if (third === 'svc') return named(second, first, { domain: rest.join('.') });
  if (rest[0] === 'svc') return named(third, second, { pod: first, domain: rest.slice(1).join('.') });
  if (rest.length > 0) return undefined;
  if (third !== '') {
    const ofPod = named(third, second, { pod: first });
    return ofPod.service === undefined ? undefined : ofPod;
  }
  const plain = named(second, first);
  if (plain.service !== undefined || second === own) return plain;
  const ofPod = named(own, second, { pod: first });
  if (ofPod.service !== undefined) return ofPod;
  return index.get('Namespace', undefined, second) === undefined ? undefined : plain;
}

function ofAddress(index: ClusterIndex, address: string): HostMeaning | undefined {
  const service = index
    .memo('names/services-by-address', () => {
      const all = index.list('Service').flatMap((one) => addressesOf(one).map((ip) => [ip, one] as const));
      return new Map(all);
    })
    .get(address);
  return service === undefined ? undefined : { namespace: namespaceOf(service), name: nameOf(service), service };
}

function addressesOf({ spec }: Service): readonly string[] {
  return [...(spec?.clusterIPs ?? [spec?.clusterIP ?? ''])].filter((ip) => ip !== '' && ip !== 'None');
}
