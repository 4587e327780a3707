/** The cluster domain that nearly every cluster keeps (kubelet's clusterDomain). */
export const DEFAULT_CLUSTER_DOMAIN = 'cluster.local';

/** What a name means inside a cluster. */
export interface ClusterName {
  readonly service: string;
  readonly namespace: string;
  /** The first label of a pod's own name, as in `db-0.db.shop.svc.cluster.local`. */
  readonly host?: string;
}

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Whether a word can stand between two dots of a name (RFC 1123): at most 63 of a-z, 0-9 and inner hyphens. */
export function isDnsLabel(word: string): boolean {
  return word.length <= 63 && LABEL.test(word);
}

/** Lower case and without the dot that ends an absolute name. */
export function plainName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

/**
 * Reads a name with `svc` in it: `web.shop.svc`, `web.shop.svc.cluster.local`, `db-0.db.shop.svc.cluster.local`.
 * Undefined for every other name; `a.b.svc.example.com` is one of the world outside.
 * Source: Kubernetes DNS-Based Service Discovery 1.1.0, section 2.
 */
export function parseClusterName(name: string, domain = DEFAULT_CLUSTER_DOMAIN): ClusterName | undefined {
  const labels = plainName(name).split('.');
  const at = labels.indexOf('svc');
  if (at !== 2 && at !== 3) return undefined;
  const rest = labels.slice(at + 1).join('.');
  if (rest !== '' && rest !== domain && !rest.endsWith('.local')) return undefined;
  const [service = '', namespace = ''] = labels.slice(at - 2);
  const host = at === 3 ? labels[0] : undefined;
  return host === undefined ? { service, namespace } : { service, namespace, host };
}

/**
 * What a name means to a pod of a namespace, by its search list: a bare word is a Service of its own namespace, two words
 * are a Service and its namespace, longer ones need `svc`. Two words may also be a pod and its headless Service, which
 * only the objects can tell; see `ownService`.
 */
export function meaningFor(
  name: string,
  callerNamespace: string,
  ownService: (service: string) => boolean,
): ClusterName | undefined {
  const plain = plainName(name);
  const [first = '', second, third] = plain.split('.');
  if (second === undefined) return first === '' ? undefined : { service: first, namespace: callerNamespace };
  if (third === undefined) {
    return ownService(second)
      ? { service: second, namespace: callerNamespace, host: first }
      : { service: first, namespace: second };
  }
  return parseClusterName(plain);
}

/** All names of a Service inside the cluster, shortest first; the first one holds only in its own namespace. */
export function namesOf(service: string, namespace: string, domain = DEFAULT_CLUSTER_DOMAIN): readonly string[] {
  return [service, `${service}.${namespace}`, `${service}.${namespace}.svc`, `${service}.${namespace}.svc.${domain}`];
}

/** The shortest name that a pod of a namespace can use for a Service. */
export function shortestName(service: string, namespace: string, callerNamespace: string): string {
  return namespace === callerNamespace ? service : `${service}.${namespace}`;
}
