import type { EndpointSlice, Endpoints, SliceEndpoint } from '../model/objects-network.ts';
import { secondsAgo } from './builders.ts';

export interface SliceOptions {
  /** The Service named by the label; null for no label. */
  readonly service?: string | null;
  readonly addresses?: readonly string[];
  readonly endpoints?: readonly SliceEndpoint[];
  readonly ports?: EndpointSlice['ports'];
  readonly type?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ready?: boolean;
  readonly created?: string;
}

/** A hand-made EndpointSlice of namespace `shop`, labelled for Service `db` unless said otherwise. */
export function slice(name: string, options: SliceOptions = {}): EndpointSlice {
  const service = options.service === undefined ? 'db' : options.service;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: options.created ?? secondsAgo(86_400),
      labels: { ...(service === null ? {} : { 'kubernetes.io/service-name': service }), ...options.labels },
    },
    addressType: options.type ?? 'IPv4',
    ports: options.ports === undefined ? [{ name: '', port: 5432, protocol: 'TCP' }] : options.ports,
    endpoints:
      options.endpoints ??
      (options.addresses ?? ['203.0.113.7']).map((address) => ({
        addresses: [address],
        conditions: { ready: options.ready ?? true },
      })),
  };
}

/** A hand-made v1 Endpoints object of namespace `shop` with one subset. */
export function endpointsObject(
  name: string,
  addresses: readonly string[],
  more: {
    readonly notReady?: readonly string[];
    readonly portName?: string;
    readonly labels?: Readonly<Record<string, string>>;
  } = {},
): Endpoints {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: secondsAgo(86_400),
      ...(more.labels === undefined ? {} : { labels: more.labels }),
    },
    subsets: [
      {
        ...(addresses.length === 0 ? {} : { addresses: addresses.map((ip) => ({ ip })) }),
        ...(more.notReady === undefined ? {} : { notReadyAddresses: more.notReady.map((ip) => ({ ip })) }),
        ports: [{ port: 5432, protocol: 'TCP', ...(more.portName === undefined ? {} : { name: more.portName }) }],
      },
    ],
  };
}

/** The slices that the mirroring controller makes of an Endpoints object. */
export function mirrored(endpoints: Endpoints): EndpointSlice {
  const name = endpoints.metadata?.name ?? '';
  const [subset] = endpoints.subsets ?? [];
  const entry = (ip: string | undefined, ready: boolean): SliceEndpoint => ({
    addresses: [ip ?? ''],
    conditions: { ready },
  });
  return slice(`${name}-x7k2p`, {
    service: name,
    labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
    ports: (subset?.ports ?? []).map((port) => ({ ...port, name: port.name ?? '' })),
    endpoints: [
      ...(subset?.addresses ?? []).map((address) => entry(address.ip, true)),
      ...(subset?.notReadyAddresses ?? []).map((address) => entry(address.ip, false)),
    ],
  });
}
