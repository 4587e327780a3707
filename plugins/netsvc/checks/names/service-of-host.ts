import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { podsOf } from '../../../../shared/model/services.ts';
import { type HostParts, hostParts } from './host-parts.ts';

/** The Service that a host names, as a name of the cluster's DNS or as an address. */
export interface HostMeaning extends Omit<HostParts, 'sure'> {
  /** Undefined when no such Service was read. */
  readonly service: Service | undefined;
}

/** What pods of a namespace mean by a host; undefined for one that is, or may be, outside the cluster. */
export function meaningOf(index: ClusterIndex, own: string, host: string): HostMeaning | undefined {
  if (/^[\d.]+$/.test(host)) return ofAddress(index, host);
  const read = hostParts(own, host).map((one) => ({ ...one, service: index.get('Service', one.namespace, one.name) }));
  const found = read.find(({ sure, service }) => sure || service !== undefined);
  if (found !== undefined) return found;
  const [plain] = read;
  if (plain === undefined || plain.pod !== undefined) return undefined;
  return index.get('Namespace', undefined, plain.namespace) === undefined ? undefined : plain;
}

function ofAddress(index: ClusterIndex, address: string): HostMeaning | undefined {
  const service = index
    .memo('names/services-by-address', () => {
      const all = index.list('Service').flatMap((one) => addressesOf(index, one).map((ip) => [ip, one] as const));
      return new Map(all);
    })
    .get(address);
  return service === undefined ? undefined : { namespace: namespaceOf(service), name: nameOf(service), service };
}

/** The name of a headless Service stands for the addresses of its pods. */
function addressesOf(index: ClusterIndex, service: Service): readonly string[] {
  const { clusterIP = '', clusterIPs = [clusterIP] } = service.spec ?? {};
  if (clusterIP !== 'None') return clusterIPs.filter((ip) => ip !== '');
  return podsOf(index, service).flatMap(({ spec, status }) =>
    spec?.hostNetwork === true ? [] : (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []),
  );
}
