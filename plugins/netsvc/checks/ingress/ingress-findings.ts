import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../../shared/model/kinds.ts';
import type { Ingress } from '../../../../shared/model/objects.ts';
import { judgeBackends } from './backends.ts';
import { judgeCertificates } from './certificates.ts';
import { judgeClass } from './classes.ts';
import { judgeConflicts } from './conflicts.ts';
import { judgePaths } from './paths.ts';

/** All kinds that the judgement of an Ingress reads. */
export const INGRESS_FACTS = [
  'Service',
  'EndpointSlice',
  'IngressClass',
  'Secret',
  'Deployment',
  'DaemonSet',
  'Pod',
  'Node',
] as const satisfies readonly KindName[];

/** Everything there is to say about one Ingress: class, backends, conflicts, paths and certificates. */
export function ingressFindings(index: ClusterIndex, ingress: Ingress, now = index.now): readonly Finding[] {
  return [
    ...judgeBackends(index, ingress),
    ...judgeClass(index, ingress),
    ...judgeConflicts(index, ingress),
    ...judgeCertificates(index, ingress, now),
    ...judgePaths(ingress),
  ];
}
