import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { ingressMessages } from '../../messages/ingress.ts';
import { controllerOfIngress } from './controller-pods.ts';
import { formatRoute, type Route, routesOf } from './routes.ts';

const NGINX = 'nginx.ingress.kubernetes.io/';
const REWRITE = `${NGINX}rewrite-target`;

/** Paths that do not mean what they look like: patterns in literal paths, and rewrites to groups that a path lacks. */
export function judgePaths(index: ClusterIndex, ingress: Ingress): readonly Finding[] {
  const nginx = controllerOfIngress(index, ingress)?.startsWith('k8s.io/') === true;
  return [...(nginx ? rewrites(ingress) : []), ...literals(index, ingress, nginx)];
}

function literals(index: ClusterIndex, ingress: Ingress, nginx: boolean): readonly Finding[] {
  return routesOf(ingress)
    .filter((route) => route.pathType === 'Prefix' || route.pathType === 'Exact')
    .filter((route) => /[*^$\\()|]/.test(route.path) && !(nginx && readsPatterns(index, route.host)))
    .slice(0, 1)
    .map((route) =>
      ingressMessages.SVC722.raise({
        subject: refOf(ingress, 'Ingress'),
        args: {
          ingress: `${namespaceOf(ingress)}/${nameOf(ingress)}`,
          route: formatRoute(route),
          pathType: route.pathType,
          nginx,
        },
        ...(nginx && /\(/.test(route.path) ? { severity: 'warning', impact: 0.5 } : {}),
        evidence: [
          {
            fact: `path ${route.path}, pathType ${route.pathType}`,
            source: `${formatRef(refOf(ingress, 'Ingress'))} spec.rules`,
          },
        ],
      }),
    );
}

/**
 * ingress-nginx reads all paths of a host as patterns as soon as one of its Ingresses says use-regex or rewrite-target
 * (its documentation, "Ingress Path Matching").
 */
function readsPatterns(index: ClusterIndex, host: string): boolean {
  return index.list('Ingress').some((other) => {
    const annotations = other.metadata?.annotations ?? {};
    const says = annotations[`${NGINX}use-regex`] === 'true' || annotations[REWRITE] !== undefined;
    return says && routesOf(other).some((route) => route.host === host);
  });
}

/** A rewrite to `$2` where the path has no second group: ingress-nginx puts nothing in its place. */
function rewrites(ingress: Ingress): readonly Finding[] {
  const target = ingress.metadata?.annotations?.[REWRITE] ?? '';
  const wanted = Math.max(0, ...[...target.matchAll(/\$(\d)/g)].map(([, number]) => Number(number)));
  const lacking =
    wanted === 0 ? [] : routesOf(ingress).filter((route) => route.path !== '' && groupsOf(route) < wanted);
  const [first] = lacking;
  if (first === undefined) return [];
  const source = formatRef(refOf(ingress, 'Ingress'));
  return [
    ingressMessages.SVC727.raise({
      subject: refOf(ingress, 'Ingress'),
      args: {
        ingress: nameOf(ingress),
        namespace: namespaceOf(ingress),
        target,
        wanted,
        route: formatRoute(first),
        arrives: target.replace(/\$(\d)/g, (word, number) => (Number(number) > groupsOf(first) ? '' : word)),
        at: first.at.replace(/backend$/, ''),
        path: first.path,
        pathType: first.pathType,
      },
      impact: 0.5,
      evidence: [
        { fact: `rewrite-target: ${target}`, source: `${source} metadata.annotations` },
        { fact: `path ${first.path}`, source: `${source} spec.rules` },
      ],
    }),
  ];
}

function groupsOf({ path }: Route): number {
  return (path.match(/(?<!\\)\((?!\?)/g) ?? []).length;
}
