import type { Check } from '../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { Service, ServicePort } from '../../shared/model/objects-network.ts';
import type { Pod } from '../../shared/model/objects-pod.ts';
import type { Ref } from '../../shared/model/refs.ts';
import { refOf } from '../../shared/model/refs.ts';
import { isHeadless, podsOf, selectorOf } from '../../shared/model/services.ts';

/** What every netsvc check judges: one Service, with the few facts that all of them ask for. */
export interface ServiceSubject {
  readonly service: Service;
  readonly ref: Ref;
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly headless: boolean;
  /** Absent when nobody manages the endpoints (no selector, ExternalName). */
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly ports: readonly ServicePort[];
}

export type ServiceCheck = Check<ServiceSubject>;

/** The subject of a Service. */
export function subjectOf(service: Service): ServiceSubject {
  return {
    service,
    ref: refOf(service, 'Service'),
    namespace: service.metadata?.namespace ?? '',
    name: service.metadata?.name ?? '',
    type: service.spec?.type ?? 'ClusterIP',
    headless: isHeadless(service),
    selector: selectorOf(service),
    ports: service.spec?.ports ?? [],
  };
}

/** The pods behind the Service; see `podsOf`. */
export function subjectPods(index: ClusterIndex, subject: ServiceSubject): readonly Pod[] {
  return podsOf(index, subject.service);
}
