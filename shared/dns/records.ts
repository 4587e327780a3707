import type { ClusterIndex } from '../model/cluster-index.ts';
import type { Service, ServicePort } from '../model/objects-network.ts';
import { nameOf, namespaceOf, type Ref } from '../model/refs.ts';
import { isHeadless, slicesOf } from '../model/services.ts';
import { reverseName } from './reverse-name.ts';

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME' | 'TXT';

/** One record that the cluster's DNS has promised to serve. Names are in lower case, without the dot at their end. */
export interface DnsRecord {
  readonly name: string;
  readonly type: RecordType;
  /** An address, a name, a text, or `PRIORITY WEIGHT PORT TARGET` with 0 for both numbers that servers choose. */
  readonly data: string;
  readonly owner: Ref;
}

/** How the servers are set up, where that changes names. */
export interface RecordSettings {
  readonly domain: string;
  /** `endpoint_pod_names`: an endpoint without a hostname is called like its pod. */
  readonly endpointPodNames?: boolean;
}

/** The schema that the specification of today is (TXT `dns-version`). */
export const SCHEMA_VERSION = '1.1.0';

/** The record by which a cluster tells its schema; it needs no object, so it always exists. */
export function versionRecord(domain: string): DnsRecord {
  return {
    name: `dns-version.${domain}`,
    type: 'TXT',
    data: SCHEMA_VERSION,
    owner: { kind: 'Cluster', name: domain },
  };
}

/**
 * Every record that a Service is due. Source: Kubernetes DNS-Based Service Discovery 1.1.0, sections 2.2 to 2.5; names of
 * endpoints without a hostname as CoreDNS makes them (plugin/kubernetes, endpointHostname).
 */
export function recordsOfService(
  index: ClusterIndex,
  service: Service,
  settings: RecordSettings,
): readonly DnsRecord[] {
  const { spec } = service;
  const owner: Ref = { kind: 'Service', namespace: namespaceOf(service), name: nameOf(service) };
  const name = `${owner.name}.${owner.namespace ?? ''}.svc.${settings.domain}`;
  if (spec?.type === 'ExternalName') {
    const target = (spec.externalName ?? '').toLowerCase().replace(/\.$/, '');
    return target === '' ? [] : [{ name, type: 'CNAME', data: target, owner }];
  }
  if (isHeadless(service)) return headlessRecords(index, service, name, owner, settings);
  const addresses = spec?.clusterIPs ?? [spec?.clusterIP ?? ''];
  const records: DnsRecord[] = [];
  for (const address of addresses) {
    if (address === '') continue;
    records.push({ name, type: familyType(address), data: address, owner });
    const reverse = reverseName(address);
    if (reverse !== undefined) records.push({ name: reverse, type: 'PTR', data: name, owner });
  }
  if (records.length === 0) return [];
  for (const port of spec?.ports ?? []) {
    if (isNamed(port))
      records.push({ name: srvName(port, name), type: 'SRV', data: srvData(port.port ?? 0, name), owner });
  }
  return records;
}

function headlessRecords(
  index: ClusterIndex,
  service: Service,
  name: string,
  owner: Ref,
  settings: RecordSettings,
): readonly DnsRecord[] {
  const records = new Map<string, DnsRecord>();
  const add = (record: DnsRecord): void => void records.set(`${record.type} ${record.name} ${record.data}`, record);
  for (const slice of slicesOf(index, service)) {
    if (slice.addressType === 'FQDN') continue;
    for (const endpoint of slice.endpoints ?? []) {
      // With publishNotReadyAddresses the controller writes ready: true itself.
      if (endpoint.conditions?.ready === false) continue;
      for (const address of endpoint.addresses ?? []) {
        const host = endpointHost(endpoint.hostname, address, endpoint.targetRef?.name, settings);
        const own = `${host}.${name}`;
        add({ name, type: familyType(address), data: address, owner });
        add({ name: own, type: familyType(address), data: address, owner });
        const reverse = reverseName(address);
        if (reverse !== undefined) add({ name: reverse, type: 'PTR', data: own, owner });
        for (const { name: portName, port, protocol } of slice.ports ?? []) {
          if (portName === undefined || portName === null || portName === '') continue;
          const query = srvName({ name: portName, ...(protocol === undefined ? {} : { protocol }) }, name);
          add({ name: query, type: 'SRV', data: srvData(port ?? 0, own), owner });
        }
      }
    }
  }
  return [...records.values()];
}

/** The first label of an endpoint's own name: pod hostname with subdomain, else made of its address. */
function endpointHost(
  hostname: string | undefined,
  address: string,
  pod: string | undefined,
  { endpointPodNames = false }: RecordSettings,
): string {
  if (hostname !== undefined && hostname !== '') return hostname.toLowerCase();
  if (endpointPodNames && pod !== undefined && pod !== '') return pod;
  return dashedAddress(address);
}

/** `10-1-2-3`, `2001-db8--1`: how an address stands in a name. */
export function dashedAddress(address: string): string {
  return address.replaceAll(/[.:]/g, '-').toLowerCase();
}

function isNamed(port: ServicePort): boolean {
  return port.name !== undefined && port.name !== '';
}

function srvName({ name = '', protocol = 'TCP' }: Pick<ServicePort, 'name' | 'protocol'>, service: string): string {
  return `_${name.toLowerCase()}._${protocol.toLowerCase()}.${service}`;
}

function srvData(port: number, target: string): string {
  return `0 0 ${port} ${target}`;
}

function familyType(address: string): 'A' | 'AAAA' {
  return address.includes(':') ? 'AAAA' : 'A';
}
