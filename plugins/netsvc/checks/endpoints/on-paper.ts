import { isApplied, isStored } from '../../../../shared/model/applied.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { slicesOf } from '../../../../shared/model/services.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * Whether a Service is a manifest beside what a cluster holds: no server has given it an address, no controller endpoints.
 * Manifests among manifests are judged as if all had been applied; they are not meant.
 */
export function isOnPaper(index: ClusterIndex, { service, namespace }: ServiceSubject): boolean {
  const { clusterIP = '' } = service.spec ?? {};
  // `None` is written by hand.
  if (isApplied(service) || !['', 'None'].includes(clusterIP) || slicesOf(index, service).length > 0) return false;
  const near = index.list('Pod', namespace);
  return (near.length > 0 ? near : index.list('Pod')).some(isStored);
}
