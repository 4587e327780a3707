import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import { classNameOf } from './class-name.ts';
import { formatRoute, type Route, routesOf } from './routes.ts';

interface Claim {
  readonly ingress: Ingress;
  readonly route: Route;
}

/**
 * The same host and path in two Ingresses of one class, leading to different backends. Controllers serve one of them; with
 * ingress-nginx the older object wins, which is what most others do too.
 */
export function judgeConflicts(index: ClusterIndex, ingress: Ingress): readonly Finding[] {
  if (isCanary(ingress)) return [];
  const claims = claimsByPath(index);
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const route of routesOf(ingress)) {
    if (route.path === '') continue;
    const rival = (claims.get(keyOf(ingress, route)) ?? []).find(
      (claim) => claim.ingress !== ingress && backendOf(claim) !== backendOf({ ingress, route }),
    );
    if (rival === undefined || told.has(nameOf(rival.ingress))) continue;
    told.add(nameOf(rival.ingress));
    findings.push(conflict(ingress, route, rival));
  }
  return findings;
}

function conflict(ingress: Ingress, route: Route, rival: Claim): Finding {
  const own = ingress.metadata?.creationTimestamp ?? '';
  const other = rival.ingress.metadata?.creationTimestamp ?? '';
  // Same age to the second: controllers go by namespace and name then.
  const loses = other < own || (other === own && formatRef(refOf(rival.ingress, '')) < formatRef(refOf(ingress, '')));
  const rivalName = `${namespaceOf(rival.ingress)}/${nameOf(rival.ingress)}`;
  return ingressMessages.SVC707.raise({
    subject: refOf(ingress, 'Ingress'),
    args: {
      ingress: `${namespaceOf(ingress)}/${nameOf(ingress)}`,
      route: formatRoute(route),
      rival: rivalName,
      backend: backendOf(rival),
      loses,
    },
    severity: loses ? 'warning' : 'info',
    impact: loses ? 0.5 : 0,
    evidence: [
      {
        fact: `${formatRoute(route)} → ${backendOf({ ingress, route })}, created ${own || 'at an unknown time'}`,
        source: `Ingress ${namespaceOf(ingress)}/${nameOf(ingress)}`,
      },
      {
        fact: `${formatRoute(rival.route)} → ${backendOf(rival)}, created ${other || 'at an unknown time'}`,
        source: `Ingress ${rivalName}`,
      },
    ],
  });
}

function claimsByPath(index: ClusterIndex): ReadonlyMap<string, readonly Claim[]> {
  return index.memo('ingress/claims', () => {
    const map = new Map<string, Claim[]>();
    for (const ingress of index.list('Ingress')) {
      if (isCanary(ingress)) continue;
      for (const route of routesOf(ingress)) {
        if (route.path === '') continue;
        const key = keyOf(ingress, route);
        const list = map.get(key);
        if (list === undefined) map.set(key, [{ ingress, route }]);
        else list.push({ ingress, route });
      }
    }
    return map;
  });
}

/** Exact and Prefix of the same path may stand side by side; the exact one is asked first. */
function keyOf(ingress: Ingress, route: Route): string {
  const path = route.pathType === 'Exact' ? `=${route.path}` : route.path.replace(/(.)\/$/, '$1');
  return `${classNameOf(ingress) ?? ''}\n${route.host}\n${path}`;
}

function backendOf({ ingress, route }: Claim): string {
  const port = route.port.name ?? route.port.number ?? '';
  return route.service === undefined
    ? `${route.resource?.kind ?? ''} ${route.resource?.name ?? ''}`
    : `Service ${namespaceOf(ingress)}/${route.service}:${port}`;
}

/** Canaries of ingress-nginx share host and path with the main Ingress on purpose. */
function isCanary(ingress: Ingress): boolean {
  return Object.entries(ingress.metadata?.annotations ?? {}).some(
    ([key, value]) => key.endsWith('/canary') && value === 'true',
  );
}
