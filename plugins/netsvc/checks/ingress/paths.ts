import type { Finding } from '../../../../shared/messages/finding.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import { formatRoute, routesOf } from './routes.ts';

/** Paths that do not mean what they look like: patterns in literal paths. */
export function judgePaths(ingress: Ingress): readonly Finding[] {
  return routesOf(ingress)
    .filter((route) => route.pathType === 'Prefix' || route.pathType === 'Exact')
    .filter((route) => /[*^$\\()|]/.test(route.path))
    .slice(0, 1)
    .map((route) =>
      ingressMessages.SVC722.raise({
        subject: refOf(ingress, 'Ingress'),
        args: {
          ingress: `${namespaceOf(ingress)}/${nameOf(ingress)}`,
          route: formatRoute(route),
          pathType: route.pathType,
        },
        evidence: [
          {
            fact: `path ${route.path}, pathType ${route.pathType}`,
            source: `${formatRef(refOf(ingress, 'Ingress'))} spec.rules`,
          },
        ],
      }),
    );
}
