import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { ingressesOf } from './routes.ts';

/** What a judgement says of every Ingress that sends to the Service. */
export function inFront(
  index: ClusterIndex,
  subject: ServiceSubject,
  judge: (ingress: Ingress) => readonly Finding[],
): readonly Finding[] {
  return ingressesOf(index, subject.service).flatMap(judge);
}
