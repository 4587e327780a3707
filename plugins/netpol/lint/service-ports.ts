import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { matchesLabels } from '../../../shared/model/selectors.ts';
import type { PodClass } from '../../../shared/policy/many/classes.ts';
import type { Protocol } from '../../../shared/policy/rules/port-set.ts';
import { serviceTargets } from '../../../shared/policy/services/service-targets.ts';

/** A port of a Service and where it leads on the pods of a class. */
export interface Translation {
  readonly service: Service;
  readonly protocol: Protocol;
  readonly servicePort: number;
  /** On the pods; empty when none declares the named target port. */
  readonly targets: readonly number[];
}

/** What the Services in front of a class translate. Its pods have equal labels; what they listen on may differ. */
export function translationsOf(index: ClusterIndex, cls: PodClass): readonly Translation[] {
  const known = index.memo('netpol/lint/translations', () => new Map<number, readonly Translation[]>());
  let found = known.get(cls.id);
  if (found === undefined) {
    found = translate(index, cls);
    known.set(cls.id, found);
  }
  return found;
}

function translate(index: ClusterIndex, { unit, pods }: PodClass): readonly Translation[] {
  return index.list('Service', unit.namespace.name).flatMap((service) => {
    const selector = service.spec?.selector;
    if (!selector || Object.keys(selector).length === 0) return [];
    if (!matchesLabels(selector, unit.labels.labels)) return [];
    return serviceTargets(service, pods).map(({ protocol, servicePort, targets }) => ({
      service,
      protocol,
      servicePort,
      targets: [...new Set(targets.flatMap(({ port }) => port ?? []))],
    }));
  });
}
