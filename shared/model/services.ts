import type { ClusterIndex } from './cluster-index.ts';
import type { Labels } from './objects.ts';
import type { EndpointSlice, Service, SliceEndpoint, SlicePort } from './objects-network.ts';
import type { Pod } from './objects-pod.ts';
import { isFinished } from './pods.ts';
import { matchesLabels } from './selectors.ts';

/** The label by which an EndpointSlice belongs to a Service (KEP-752). */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** The label by which whoever writes an EndpointSlice says so (KEP-752), and what the controller of Kubernetes writes there. */
export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
export const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';

/** Whether the EndpointSlice controller of Kubernetes keeps this slice; false for hand-made and mirrored ones. */
export function isControllerSlice(slice: EndpointSlice): boolean {
  return slice.metadata?.labels?.[MANAGED_BY_LABEL] === SLICE_CONTROLLER;
}

/** The selector in force, or undefined: absent, null and empty all mean that nobody manages the endpoints. */
export function selectorOf(service: Service): Labels | undefined {
  const selector = service.spec?.selector;
  if (selector === undefined || selector === null || Object.keys(selector).length === 0) return undefined;
  // The API server ignores the selector of an ExternalName Service.
  return service.spec?.type === 'ExternalName' ? undefined : selector;
}

/** `clusterIP: None`. */
export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}

/** All pods that a selector matches in a namespace, finished ones included. */
export function podsMatching(index: ClusterIndex, namespace: string, selector: Labels): readonly Pod[] {
  // The rarest label decides how many pods must be looked at: one map lookup instead of a walk over the namespace.
  let candidates: readonly Pod[] | undefined;
  const byLabel = podsByLabel(index, namespace);
  for (const [key, value] of Object.entries(selector)) {
    const list = byLabel.get(`${key}=${value}`) ?? [];
    if (candidates === undefined || list.length < candidates.length) candidates = list;
  }
  return (candidates ?? index.list('Pod', namespace)).filter((pod) => matchesLabels(selector, pod.metadata?.labels));
}

function podsByLabel(index: ClusterIndex, namespace: string): ReadonlyMap<string, readonly Pod[]> {
  return index.memo(`services/pods-by-label/${namespace}`, () => {
    const map = new Map<string, Pod[]>();
    for (const pod of index.list('Pod', namespace)) {
      for (const [key, value] of Object.entries(pod.metadata?.labels ?? {})) {
        const list = map.get(`${key}=${value}`);
        if (list === undefined) map.set(`${key}=${value}`, [pod]);
        else list.push(pod);
      }
    }
    return map;
  });
}

/** The pods that stand behind a Service: matched by its selector and not finished. Terminating pods are included. */
export function podsOf(index: ClusterIndex, service: Service): readonly Pod[] {
  const selector = selectorOf(service);
  if (selector === undefined) return [];
  const namespace = service.metadata?.namespace ?? '';
  return index.memoOf(service, 'services/pods-of', () =>
    podsMatching(index, namespace, selector).filter((pod) => !isFinished(pod)),
  );
}

/** Appoints the pods of a Service that only stands in for one nobody has read, before anybody asks for them. */
export function appointPods(index: ClusterIndex, standIn: Service, pods: readonly Pod[]): void {
  index.memoOf(standIn, 'services/pods-of', () => pods);
}

/** The EndpointSlices of a Service, found by label. */
export function slicesOf(index: ClusterIndex, service: Service): readonly EndpointSlice[] {
  const namespace = service.metadata?.namespace ?? '';
  return slicesByService(index, namespace).get(service.metadata?.name ?? '') ?? [];
}

function slicesByService(index: ClusterIndex, namespace: string): ReadonlyMap<string, readonly EndpointSlice[]> {
  return index.memo(`services/slices/${namespace}`, () => {
    const map = new Map<string, EndpointSlice[]>();
    for (const slice of index.list('EndpointSlice', namespace)) {
      const name = slice.metadata?.labels?.[SERVICE_NAME_LABEL] ?? '';
      const list = map.get(name);
      if (list === undefined) map.set(name, [slice]);
      else list.push(slice);
    }
    return map;
  });
}

/** One endpoint of a Service with its slice's ports and the pod it stands for. */
export interface EndpointRow {
  readonly slice: EndpointSlice;
  readonly endpoint: SliceEndpoint;
  readonly addresses: readonly string[];
  readonly family: 'IPv4' | 'IPv6' | 'FQDN';
  /** Absent conditions count as true, as the API reference of EndpointConditions asks consumers to do. */
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly ports: readonly SlicePort[];
  readonly pod: Pod | undefined;
}

/** All endpoints of all slices of a Service. */
export function endpointRows(index: ClusterIndex, service: Service): readonly EndpointRow[] {
  const namespace = service.metadata?.namespace ?? '';
  return index.memoOf(service, 'services/rows', () =>
    slicesOf(index, service).flatMap((slice) =>
      (slice.endpoints ?? []).map((endpoint) => toRow(index, namespace, slice, endpoint)),
    ),
  );
}

function toRow(index: ClusterIndex, namespace: string, slice: EndpointSlice, endpoint: SliceEndpoint): EndpointRow {
  const { ready, serving, terminating } = endpoint.conditions ?? {};
  const target = endpoint.targetRef;
  const isReady = ready !== false;
  return {
    slice,
    endpoint,
    addresses: endpoint.addresses ?? [],
    family: slice.addressType === 'IPv6' || slice.addressType === 'FQDN' ? slice.addressType : 'IPv4',
    ready: isReady,
    serving: serving === undefined || serving === null ? isReady : serving,
    terminating: terminating === true,
    ports: slice.ports ?? [],
    pod: target?.kind === 'Pod' ? index.get('Pod', target.namespace ?? namespace, target.name ?? '') : undefined,
  };
}
