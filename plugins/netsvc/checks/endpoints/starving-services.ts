import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { selectorOf, slicesOf } from '../../../../shared/model/services.ts';

/** Names of the Services of a namespace that have neither a selector nor an endpoint. */
function starvingServices(index: ClusterIndex, namespace: string): readonly string[] {
  return index.memo(`endpoints/starving/${namespace}`, () =>
    index
      .list('Service', namespace)
      .filter((service) => service.spec?.type !== 'ExternalName' && selectorOf(service) === undefined)
      .filter((service) => slicesOf(index, service).every((slice) => (slice.endpoints ?? []).length === 0))
      .map(nameOf),
  );
}

/**
 * Whether an object without owner was meant for this Service rather than for another one that waits for endpoints too.
 * The score tells how well a Service's name fits the object.
 */
export function isMeantFor(
  index: ClusterIndex,
  namespace: string,
  name: string,
  score: (service: string) => number,
): boolean {
  const own = score(name);
  return starvingServices(index, namespace).every((other) => other === name || score(other) <= own);
}

/** True when no other Service of the namespace waits for endpoints. */
export function isOnlyStarving(index: ClusterIndex, namespace: string, name: string): boolean {
  return starvingServices(index, namespace).every((other) => other === name);
}
