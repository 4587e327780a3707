import type { Target } from '../../../shared/cli/parse-target.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject, Labels } from '../../../shared/model/objects.ts';
import type { Ingress, Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { isFinished } from '../../../shared/model/pods.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { nameOf, refOf } from '../../../shared/model/refs.ts';
import { matchesLabels } from '../../../shared/model/selectors.ts';
import { podsMatching, selectorOf } from '../../../shared/model/services.ts';
import { routesOf } from '../checks/ingress/routes.ts';
import { labelDistance } from '../checks/selector/label-distance.ts';

/** What a target led to. */
export type Resolution =
  | {
      readonly type: 'services';
      readonly services: readonly Service[];
      /** The object that led to them, when it is not the Service itself. */
      readonly via?: Ref;
      /** Labels of the pods that led to them. */
      readonly labels?: Labels;
      /** An Ingress is judged itself too. */
      readonly ingress?: Ingress;
    }
  /** The target exists and no Service concerns it; `labels` are those of its pods. */
  | { readonly type: 'noService'; readonly via: Ref; readonly labels: Labels }
  | { readonly type: 'missing' }
  /** Whether the target exists could not be seen. */
  | { readonly type: 'unseen'; readonly reason: string };

/** The Services that a target means or concerns, in one namespace. */
export function resolveServices(index: ClusterIndex, target: Target, namespace: string): Resolution {
  const object = index.get(target.kind, namespace, target.name) as KubeObject | undefined;
  if (object === undefined) {
    const { status, reason } = index.seen(target.kind, namespace);
    return status === 'ok' ? { type: 'missing' } : { type: 'unseen', reason };
  }
  if (target.kind === 'Service') return { type: 'services', services: [object as Service] };
  const via = refOf(object, target.kind);
  if (target.kind === 'Ingress') {
    const services = servicesOfIngress(index, object as Ingress, namespace);
    return { type: 'services', services, via, ingress: object as Ingress };
  }
  const labels = labelsOfPods(object, target.kind);
  const services = servicesSelecting(index, namespace, labels);
  return services.length === 0 ? { type: 'noService', via, labels } : { type: 'services', services, via, labels };
}

function labelsOfPods(object: KubeObject, kind: string): Labels {
  if (kind === 'Pod') return (object as Pod).metadata?.labels ?? {};
  return (object as Workload).spec?.template?.metadata?.labels ?? {};
}

/** Services of a namespace whose selector matches the labels. */
export function servicesSelecting(index: ClusterIndex, namespace: string, labels: Labels): readonly Service[] {
  return index.list('Service', namespace).filter((service) => {
    const selector = selectorOf(service);
    return selector !== undefined && matchesLabels(selector, labels);
  });
}

/** A selector that differs from labels by no more than this may have been meant for them. */
export const NEAR = 0.5;

/**
 * Services whose selector matches no pod at all and that nearly match the labels, or bear the name of the workload, without
 * a selector too: most likely meant for them.
 */
export function meantServices(index: ClusterIndex, via: Ref, labels: Labels): readonly Service[] {
  const { namespace = '', name } = via;
  return index.list('Service', namespace).filter((service) => {
    const selector = selectorOf(service);
    const named = nameOf(service) === name;
    if (selector === undefined) return named && service.spec?.type !== 'ExternalName';
    if (podsMatching(index, namespace, selector).some((pod) => !isFinished(pod))) return false;
    return named || labelDistance(selector, labels) <= NEAR;
  });
}

/** The names of the Services that an Ingress sends requests to, each once. */
export function backendNames(ingress: Ingress): readonly string[] {
  return [...new Set(routesOf(ingress).flatMap(({ service }) => service ?? []))];
}

function servicesOfIngress(index: ClusterIndex, ingress: Ingress, namespace: string): readonly Service[] {
  const names = new Set(backendNames(ingress));
  return index.list('Service', namespace).filter((service) => names.has(nameOf(service)));
}
