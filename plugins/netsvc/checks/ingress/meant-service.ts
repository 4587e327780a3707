import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { likeness } from '../selector/label-distance.ts';

/** The Service that an Ingress with a missing backend most likely means, of the same namespace. */
export function meantService(index: ClusterIndex, namespace: string, wanted: string): Service | undefined {
  const [best] = index
    .list('Service', namespace)
    .map((service) => ({ service, score: swapped(nameOf(service), wanted) ? 1 : likeness(nameOf(service), wanted) }))
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score);
  return best?.service;
}

/** The same letters with two neighbours swapped: `wbe` for `web`. */
function swapped(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, position) => letter !== b[position]);
  return (
    a.length === b.length &&
    at >= 0 &&
    a[at] === b[at + 1] &&
    a[at + 1] === b[at] &&
    a.slice(at + 2) === b.slice(at + 2)
  );
}
