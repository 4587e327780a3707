import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { type AddressRange, parseCidr } from '../../../../shared/util/addresses.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** A range with the object it stands in. */
export interface NamedRange {
  readonly text: string;
  readonly owner: string;
  readonly range: AddressRange;
}

/** The ClusterIPs of a Service. */
export function addressesOf({ service }: ServiceSubject): readonly string[] {
  const all = service.spec?.clusterIPs ?? (service.spec?.clusterIP === undefined ? [] : [service.spec.clusterIP]);
  return all.filter((address) => address !== '' && address !== 'None');
}

/** The ranges from which the API server gives out ClusterIPs. */
export function serviceRanges(index: ClusterIndex): readonly NamedRange[] {
  return index.memo('cluster/service-ranges', () =>
    index.list('ServiceCIDR').flatMap((entry) => named(entry.spec?.cidrs ?? [], nameOf(entry))),
  );
}

/** Ranges as written, with their owner; texts that are none are left out. */
export function named(texts: readonly string[], owner: string): readonly NamedRange[] {
  return texts.flatMap((text) => {
    const range = parseCidr(text);
    return range === undefined ? [] : [{ text, owner, range }];
  });
}
