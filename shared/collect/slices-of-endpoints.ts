import type { EndpointAddress, EndpointSlice, EndpointSubset, Endpoints } from '../model/objects-network.ts';
import { nameOf, namespaceOf } from '../model/refs.ts';
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL, SLICE_CONTROLLER, selectorOf } from '../model/services.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** The label of Endpoints that the endpoint controller writes (KEP-4974). */
const MANAGED = 'endpoints.kubernetes.io/managed-by';

/**
 * Dumps that hold Endpoints and no EndpointSlices at all: Kubernetes keeps both alike, so that the one can be read for the
 * other. A snapshot in which slices were collected, or refused, comes back as it is.
 */
export function withSlicesOfEndpoints(snapshot: Snapshot): Snapshot {
  const endpoints = snapshot.objects.Endpoints ?? [];
  if (endpoints.length === 0 || (snapshot.objects.EndpointSlice ?? []).length > 0) return snapshot;
  if (snapshot.source.type === 'cluster') return snapshot;
  if (snapshot.coverage.some(({ kind, status }) => kind === 'EndpointSlice' && status !== 'notCollected'))
    return snapshot;
  const selecting = new Set(
    (snapshot.objects.Service ?? [])
      .filter((service) => selectorOf(service) !== undefined)
      .map((service) => `${namespaceOf(service)}/${nameOf(service)}`),
  );
  const coverage = snapshot.coverage
    .filter(({ kind }) => kind === 'Endpoints')
    .map((entry) => ({ ...entry, kind: 'EndpointSlice' as const }));
  const message = 'EndpointSlices were not collected: the Endpoints stand for them';
  return {
    ...snapshot,
    objects: {
      ...snapshot.objects,
      EndpointSlice: endpoints.flatMap((one) => slicesOf(one, selecting.has(`${namespaceOf(one)}/${nameOf(one)}`))),
    },
    coverage: [...snapshot.coverage, ...coverage],
    problems: [...snapshot.problems, { path: snapshot.source.name, message }],
  };
}

function slicesOf(endpoints: Endpoints, selected: boolean): readonly EndpointSlice[] {
  return (endpoints.subsets ?? []).flatMap((subset) =>
    (['IPv4', 'IPv6'] as const).flatMap((family) => sliceOf(endpoints, subset, family, selected) ?? []),
  );
}

function sliceOf(
  endpoints: Endpoints,
  subset: EndpointSubset,
  family: 'IPv4' | 'IPv6',
  selected: boolean,
): EndpointSlice | undefined {
  const isOf = ({ ip = '' }: EndpointAddress): boolean => ip.includes(':') === (family === 'IPv6');
  const entry = (ready: boolean) => (address: EndpointAddress) => ({
    addresses: [address.ip ?? ''],
    conditions: { ready, serving: ready, terminating: false },
    ...(address.nodeName === undefined ? {} : { nodeName: address.nodeName }),
    ...(address.targetRef === undefined ? {} : { targetRef: address.targetRef }),
  });
  const listed = [
    ...(subset.addresses ?? []).filter(isOf).map(entry(true)),
    ...(subset.notReadyAddresses ?? []).filter(isOf).map(entry(false)),
  ];
  if (listed.length === 0) return undefined;
  const byController = selected || endpoints.metadata?.labels?.[MANAGED] !== undefined;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: nameOf(endpoints),
      namespace: namespaceOf(endpoints),
      ...(endpoints.metadata?.creationTimestamp === undefined
        ? {}
        : { creationTimestamp: endpoints.metadata.creationTimestamp }),
      labels: {
        [SERVICE_NAME_LABEL]: nameOf(endpoints),
        [MANAGED_BY_LABEL]: byController ? SLICE_CONTROLLER : 'endpointslicemirroring-controller.k8s.io',
      },
    },
    addressType: family,
    endpoints: listed,
    ports: (subset.ports ?? []).map(({ name = '', port, protocol = 'TCP' }) => ({
      name,
      ...(port === undefined ? {} : { port }),
      protocol,
    })),
  };
}
