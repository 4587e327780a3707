import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ObjectReference } from '../../../../shared/model/objects.ts';
import type { EndpointSlice, Endpoints, SlicePort } from '../../../../shared/model/objects-network.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { refOf } from '../../../../shared/model/refs.ts';
import { MANAGED_BY_LABEL, slicesOf } from '../../../../shared/model/services.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** Who writes a slice, told by the label that every writer must set (KEP-752). */

/** Copies Endpoints objects of Services without selector into slices. */
const MIRRORING = 'endpointslicemirroring-controller.k8s.io';

/** One address that a person or a custom controller wrote for a Service without selector. */
export interface ManualEndpoint {
  readonly address: string;
  readonly ready: boolean;
  readonly target: ObjectReference | undefined;
  readonly holder: Holder;
}

/** The object to edit: an EndpointSlice, or the Endpoints object from which a slice was mirrored. */
export interface Holder {
  readonly ref: Ref;
  /** The ports of this slice or subset. */
  readonly ports: readonly SlicePort[];
  /** JSON path of those ports inside the object, for patches. */
  readonly portsPath: string;
  readonly addressType: string;
  /** ISO time of creation; edits since are not known. */
  readonly created: string | undefined;
}

/** Whether the slice was copied from an Endpoints object. */
export function isMirrored(slice: EndpointSlice): boolean {
  return slice.metadata?.labels?.[MANAGED_BY_LABEL] === MIRRORING;
}

/** True for a Service whose endpoints nobody in Kubernetes manages: no selector, and not a mere alias. */
export function isSelectorless(subject: ServiceSubject): boolean {
  return subject.selector === undefined && subject.type !== 'ExternalName';
}

/** Every slice of a Service without selector as the holder that a person would edit. */
export function holdersOf(index: ClusterIndex, subject: ServiceSubject): readonly Holder[] {
  return slicesOf(index, subject.service).map((slice) => holderOf(index, subject, slice));
}

/** Every address in the slices of a Service without selector. */
export function manualEndpoints(index: ClusterIndex, subject: ServiceSubject): readonly ManualEndpoint[] {
  return index.memoOf(subject.service, 'endpoints/manual', () =>
    slicesOf(index, subject.service).flatMap((slice) => {
      const holder = holderOf(index, subject, slice);
      return (slice.endpoints ?? []).flatMap((endpoint) =>
        (endpoint.addresses ?? []).map((address) => ({
          address,
          ready: endpoint.conditions?.ready !== false,
          target: endpoint.targetRef,
          holder,
        })),
      );
    }),
  );
}

function holderOf(index: ClusterIndex, subject: ServiceSubject, slice: EndpointSlice): Holder {
  const { namespace, name } = subject;
  const common = { ports: slice.ports ?? [], addressType: slice.addressType ?? 'IPv4' };
  if (!isMirrored(slice)) {
    return {
      ...common,
      ref: refOf(slice, 'EndpointSlice'),
      portsPath: '/ports',
      created: slice.metadata?.creationTimestamp,
    };
  }
  const source = index.get('Endpoints', namespace, name);
  return {
    ...common,
    ref: { kind: 'Endpoints', namespace, name },
    portsPath: `/subsets/${subsetOf(source, slice)}/ports`,
    created: source?.metadata?.creationTimestamp ?? slice.metadata?.creationTimestamp,
  };
}

/** The subset a mirrored slice came from: the one with an address of the slice; the first when that cannot be told. */
function subsetOf(source: Endpoints | undefined, slice: EndpointSlice): number {
  const wanted = new Set((slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []));
  const found = (source?.subsets ?? []).findIndex((subset) =>
    [...(subset.addresses ?? []), ...(subset.notReadyAddresses ?? [])].some((entry) => wanted.has(entry.ip ?? '')),
  );
  return Math.max(0, found);
}
