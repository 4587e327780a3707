import type { CheckContext } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { nameOf, type Ref } from '../../../../shared/model/refs.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { ingressesOf } from './routes.ts';

/** Whether an Ingress sends to the Service at all; where there is none, most questions about Ingresses make no sense. */
export function hasIngress(subject: ServiceSubject, { index }: CheckContext): boolean {
  return ingressesOf(index, subject.service).length > 0;
}

/** What a judgement says of every Ingress that sends to the Service; of the one asked about, when the question names it. */
export function inFront(
  { index, via }: CheckContext,
  subject: ServiceSubject,
  judge: (ingress: Ingress) => readonly Finding[],
): readonly Finding[] {
  return frontOf(index, subject, via).flatMap(judge);
}

/** The Ingresses that send to the Service; the one asked about, when the question names it. */
export function frontOf(index: ClusterIndex, { service }: ServiceSubject, via: Ref | undefined): readonly Ingress[] {
  return ingressesOf(index, service).filter((ingress) => via?.kind !== 'Ingress' || nameOf(ingress) === via.name);
}
