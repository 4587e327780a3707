import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { Service, ServicePort } from '../../model/objects-network.ts';
import { conditionOf } from '../../model/pods.ts';
import { nameOf, namespaceOf } from '../../model/refs.ts';
import { type EndpointRow, endpointRows, slicesOf } from '../../model/services.ts';
import { iptablesChains, nftablesServiceChain, type ProxyPort } from '../kube-proxy-names.ts';
import { portalKey, targetOf } from './proxy-rules.ts';

/** One port of a Service in one family, as kube-proxy should know it. */
export interface ExpectedPort {
  readonly service: Service;
  /** `shop/web:http`. */
  readonly name: string;
  readonly port: ProxyPort;
  readonly key: string;
  readonly address: string;
  /** Every endpoint in the slices by its target, whatever its state. */
  readonly known: ReadonlyMap<string, ExpectedEndpoint>;
  /** False where topology picks some of the endpoints only, so that an absent one proves nothing. */
  readonly allOfThem: boolean;
  /** internalTrafficPolicy Local: only endpoints on the node itself. */
  readonly local: boolean;
  /** Whether the slices of the namespace were all read. */
  readonly sure: boolean;
  /** `tcp/30080`; undefined without a node port. */
  readonly nodePort: string | undefined;
  /** Keys of its addresses outside of the cluster: externalIPs, and those of its load balancer that nodes accept. */
  readonly outer: readonly string[];
  /** externalTrafficPolicy Local: from outside only endpoints on the node itself. */
  readonly outerLocal: boolean;
  /** When the endpoints last changed, in milliseconds; 0 when nothing tells. */
  readonly changedAt: number;
}

export interface ExpectedEndpoint {
  readonly target: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly node: string | undefined;
  readonly pod: string | undefined;
  /** When it became as it is, in milliseconds; 0 when nothing tells. */
  readonly since: number;
}

/** Services with this label are left to another proxy (KEP-2447). */
const OTHER_PROXY = 'service.kubernetes.io/service-proxy-name';
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Every Service port of a family that kube-proxy has rules for. */
export function expectedPorts(index: ClusterIndex, family: 4 | 6): readonly ExpectedPort[] {
  return index.memo(`datapath/expected-ports/${family}`, () =>
    index.list('Service').flatMap((service) => {
      const address = clusterAddress(service, family);
      return address === undefined
        ? []
        : (service.spec?.ports ?? []).map((port) => expectedPort(index, service, port, address, family));
    }),
  );
}

/** The ClusterIP of a family; none for headless Services, aliases, and those of other proxies. */
function clusterAddress(service: Service, family: 4 | 6): string | undefined {
  const { type, clusterIP, clusterIPs } = service.spec ?? {};
  if (type === 'ExternalName' || service.metadata?.labels?.[OTHER_PROXY] !== undefined) return undefined;
  return (clusterIPs ?? [clusterIP ?? '']).find(
    (address) => address !== '' && address !== 'None' && address.includes(':') === (family === 6),
  );
}

function expectedPort(
  index: ClusterIndex,
  service: Service,
  port: ServicePort,
  address: string,
  family: 4 | 6,
): ExpectedPort {
  const protocol = port.protocol ?? 'TCP';
  const rows = endpointRows(index, service).filter((row) => row.family === (family === 4 ? 'IPv4' : 'IPv6'));
  const known = new Map<string, ExpectedEndpoint>();
  for (const row of rows) {
    const number = row.ports.find((entry) => (entry.name ?? '') === (port.name ?? ''))?.port ?? undefined;
    const [first] = row.addresses;
    if (number === undefined || first === undefined) continue;
    const endpoint = expectedEndpoint(row, targetOf(first, number));
    const before = known.get(endpoint.target);
    // The same address may stand in two slices while it moves from one to the other.
    if (before === undefined || (!before.ready && endpoint.ready)) known.set(endpoint.target, endpoint);
  }
  const namespace = namespaceOf(service);
  const name = nameOf(service);
  const seen = index.seen('EndpointSlice', namespace);
  return {
    service,
    name: `${namespace}/${name}${port.name === undefined || port.name === '' ? '' : `:${port.name}`}`,
    port: { namespace, service: name, port: port.name, protocol },
    key: portalKey(address, protocol, port.port ?? 0),
    address,
    known,
    allOfThem: !rows.some(({ endpoint }) => endpoint.hints !== undefined),
    local: service.spec?.internalTrafficPolicy === 'Local',
    nodePort: (port.nodePort ?? 0) === 0 ? undefined : `${protocol.toLowerCase()}/${port.nodePort}`,
    outer: outerAddresses(service, family).map((outer) => portalKey(outer, protocol, port.port ?? 0)),
    outerLocal: service.spec?.externalTrafficPolicy === 'Local',
    sure: seen.status === 'ok' && seen.whole,
    changedAt: changedAt(index, service, rows),
  };
}

/** A load balancer with ipMode Proxy sends to node ports itself (KEP-1860). */
function outerAddresses({ spec, status }: Service, family: 4 | 6): readonly string[] {
  const balancer = spec?.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []) : [];
  const addresses = balancer.flatMap(({ ip, ipMode }) => (ip === undefined || ipMode === 'Proxy' ? [] : [ip]));
  return [...(spec?.externalIPs ?? []), ...addresses].filter((address) => address.includes(':') === (family === 6));
}

function expectedEndpoint(row: EndpointRow, target: string): ExpectedEndpoint {
  const ready = row.pod === undefined ? undefined : conditionOf(row.pod, 'Ready')?.lastTransitionTime;
  return {
    target,
    ready: row.ready,
    serving: row.serving,
    terminating: row.terminating,
    node: row.endpoint.nodeName ?? row.pod?.spec?.nodeName,
    pod: row.endpoint.targetRef?.kind === 'Pod' ? row.endpoint.targetRef.name : undefined,
    since: Date.parse(ready ?? row.slice.metadata?.creationTimestamp ?? '') || 0,
  };
}

function changedAt(index: ClusterIndex, service: Service, rows: readonly EndpointRow[]): number {
  const times = [
    service.metadata?.creationTimestamp,
    ...slicesOf(index, service).flatMap(({ metadata }) => [
      metadata?.annotations?.[TRIGGER],
      metadata?.creationTimestamp,
    ]),
    ...rows.map(({ pod }) => (pod === undefined ? undefined : conditionOf(pod, 'Ready')?.lastTransitionTime)),
  ];
  return Math.max(0, ...times.map((time) => Date.parse(time ?? '') || 0));
}

/** The Service ports of the facts by every chain name kube-proxy could give them. */
export function portsByChain(index: ClusterIndex, family: 4 | 6): ReadonlyMap<string, ExpectedPort> {
  return index.memo(`datapath/ports-by-chain/${family}`, () => {
    const map = new Map<string, ExpectedPort>();
    for (const expected of expectedPorts(index, family)) {
      const chains = iptablesChains(expected.port);
      const nft = nftablesServiceChain(expected.port);
      for (const name of [
        chains.service,
        chains.local,
        chains.external,
        chains.firewall,
        chains.external.replace('-EXT-', '-XLB-'),
      ])
        map.set(name, expected);
      for (const prefix of ['service-', 'local-', 'external-', 'firewall-'])
        map.set(nft.replace('service-', prefix), expected);
    }
    return map;
  });
}
