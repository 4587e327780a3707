import type { Ingress } from '../../../../shared/model/objects-network.ts';

/** The annotation that named the class before spec.ingressClassName (deprecated since Kubernetes 1.18). */
export const ANNOTATION = 'kubernetes.io/ingress.class';

/** The class of an Ingress: the field, or the annotation that came before it. */
export function classNameOf(ingress: Ingress): string | undefined {
  return ingress.spec?.ingressClassName ?? ingress.metadata?.annotations?.[ANNOTATION];
}
