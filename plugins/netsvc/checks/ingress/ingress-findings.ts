import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { judgeBackends } from './backends.ts';
import { judgeCertificates } from './certificates.ts';
import { judgeClass } from './classes.ts';
import { judgeConflicts } from './conflicts.ts';
import { judgeController } from './ingress-controller-down.ts';
import { judgeEvents } from './ingress-refused.ts';
import { judgePaths } from './paths.ts';

/**
 * Everything there is to say about one Ingress: class, backends, conflicts, paths and certificates. That a backend has no
 * endpoint is left out for Services whose own faults are `told`: they are the cause.
 */
export function ingressFindings(
  index: ClusterIndex,
  ingress: Ingress,
  now = index.now,
  told: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  return [
    ...judgeBackends(index, ingress, { endpoints: (service) => !told.has(service) }),
    ...judgeClass(index, ingress),
    ...judgeController(index, ingress, now),
    ...judgeEvents(index, ingress, now),
    ...judgeRoutes(index, ingress),
    ...judgeCertificates(index, ingress, now),
  ];
}

/** Hosts and paths of an Ingress that another one has taken, or that are patterns by mistake. */
export function judgeRoutes(index: ClusterIndex, ingress: Ingress): readonly Finding[] {
  return [...judgeConflicts(index, ingress), ...judgePaths(index, ingress)];
}
