import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';

/** Controllers by the name in their IngressClass, and how their pods and Deployments are called. */
const KNOWN: readonly (readonly [RegExp, RegExp])[] = [
  [/^k8s\.io\/ingress-nginx/, /ingress-nginx|nginx-ingress/],
  [/^nginx\.org\/ingress-controller/, /nginx-ingress|ingress-nginx/],
  [/^traefik\.io\/ingress-controller/, /traefik/],
  [/haproxy/, /haproxy/],
  [/^projectcontour\.io\//, /contour|envoy/],
  [/konghq\.com\/kong/, /kong/],
  [/^istio\.io\/ingress-controller/, /istio/],
  [/^cilium\.io\/ingress-controller/, /cilium/],
  [/^openshift\.io\/ingress-to-route/, /ingress-operator|router-default|openshift/],
  [/apisix/, /apisix/],
  [/^getambassador\.io\//, /ambassador|emissary/],
  [/^pomerium\.io\//, /pomerium/],
  [/^voyagermesh\.com\//, /voyager/],
  [/^skipper/, /skipper/],
  [/^caddyserver/, /caddy/],
];

/** Controllers that run outside the cluster or may do so. */
const OUTSIDE =
  /^(ingress\.k8s\.aws|eks\.amazonaws\.com|ingress\.k8s\.aws|azure|webapprouting|k8s\.io\/ingress-gce|networking\.gke\.io|ingress\.cloud|ibm|oraclecloud)/;

/** What a program that serves Ingresses of an unknown class might be called. */
const ANY =
  /ingress|traefik|haproxy|contour|kong|istio|envoy|nginx|gateway|caddy|skipper|voyager|emissary|ambassador|apisix|tyk|pomerium|zoraxy|openresty|l7/;

/**
 * Whether a controller is there: `missing` when its kind is known and nothing of that name runs, `doubtful` when its kind
 * is unknown and nothing that serves Ingresses is in sight, `unknown` when other namespaces were not read, `outside` when
 * it may run elsewhere or under any name.
 */
export function controllerInSight(
  index: ClusterIndex,
  controller: string,
): 'there' | 'missing' | 'doubtful' | 'unknown' | 'outside' {
  if (OUTSIDE.test(controller)) return 'outside';
  if (!isWhollyRead(index, 'Pod') && !isWhollyRead(index, 'Deployment')) return 'unknown';
  const names = index.memo('ingress/program-names', () =>
    [...index.list('Deployment'), ...index.list('DaemonSet'), ...index.list('Pod')].map(
      (object) => `${namespaceOf(object)}/${nameOf(object)}`,
    ),
  );
  const known = KNOWN.find(([shape]) => shape.test(controller));
  if (known !== undefined) return names.some((name) => known[1].test(name)) ? 'there' : 'missing';
  // The old annotation has the name of the program alone: traefik, haproxy.
  if (/^[a-z]+$/.test(controller) && controller !== 'nginx') {
    if (names.some((name) => name.includes(controller))) return 'there';
    if (/^(traefik|haproxy|contour|kong|istio|skipper)$/.test(controller)) return 'missing';
  }
  // `example.com/my-edge`: the last word may be the program's name.
  const word = controller.split('/').pop() ?? '';
  if (word.length > 3 && word !== 'ingress' && names.some((name) => name.includes(word))) return 'there';
  return names.some((name) => ANY.test(name)) ? 'outside' : 'doubtful';
}
