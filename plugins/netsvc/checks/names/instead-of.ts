import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { type OwnedWorkload, workloadsIn } from '../../../../shared/model/owners.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { selectorOf } from '../../../../shared/model/services.ts';
import { likeness } from '../selector/label-distance.ts';
import { stemOf } from '../selector/version-words.ts';

/** How like a name must be to be the one that was meant. */
export const ALIKE = 0.7;

/** What there is in place of a Service that a caller names and that does not exist. */
export type Instead =
  /** A workload of that name to which no Service leads. */
  | { readonly kind: 'unexposed'; readonly workload: OwnedWorkload }
  /** A workload of that name is behind a Service of another name. */
  | { readonly kind: 'behind'; readonly workload: OwnedWorkload; readonly service: string; readonly hasPort: boolean }
  /** A Service of nearly that name. */
  | { readonly kind: 'near'; readonly service: string; readonly hasPort: boolean };

/**
 * What a caller means by the name of a Service that a namespace does not have: the workload of the name says it best, then
 * the Service whose name is likest, those with the asked port first. Another version (`api-v1` for `api-v2`) is no slip:
 * it may well not be there.
 */
export function insteadOf(
  index: ClusterIndex,
  namespace: string,
  name: string,
  port: number | undefined,
): Instead | undefined {
  const services = index.list('Service', namespace);
  const hasPort = ({ spec }: Service): boolean => spec?.ports?.some((one) => one.port === port) === true;
  const first = (those: readonly Service[]): Service | undefined =>
    those.toSorted((a, b) => Number(hasPort(b)) - Number(hasPort(a)) || like(b, name) - like(a, name))[0];
  const workload = workloadsIn(index, namespace).find(({ ref }) => ref.name === name);
  if (workload !== undefined) {
    const leading = first(services.filter((one) => leadsTo(one, workload)));
    if (leading === undefined) return { kind: 'unexposed', workload };
    return { kind: 'behind', workload, service: nameOf(leading), hasPort: hasPort(leading) };
  }
  const near = first(services.filter((one) => like(one, name) >= ALIKE && stemOf(nameOf(one)) !== stemOf(name)));
  return near === undefined ? undefined : { kind: 'near', service: nameOf(near), hasPort: hasPort(near) };
}

/** `web-svc` says no more than `web`. */
function like(service: Service, name: string): number {
  const [a = '', b = ''] = [nameOf(service), name].map((one) => one.replace(/-(svc|service)$/, ''));
  return likeness(a, b);
}

function leadsTo(service: Service, { template }: OwnedWorkload): boolean {
  const selector = selectorOf(service);
  return selector !== undefined && matchesLabels(selector, template?.metadata?.labels);
}
