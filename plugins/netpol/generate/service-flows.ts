import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { selectedPods } from '../../../shared/policy/service-targets.ts';

/** The flows that the Services of a namespace show to be needed, as `A -> B`, and what has to be said of them. */
export interface ServiceFlows {
  readonly flows: readonly string[];
  readonly notes: readonly string[];
}

/** The label by which ingress controllers are called, and what it says. */
const CONTROLLER_LABEL = 'app.kubernetes.io/name';
const CONTROLLERS: ReadonlySet<string> = new Set([
  'ingress-nginx',
  'nginx-ingress',
  'traefik',
  'haproxy-ingress',
  'kubernetes-ingress',
  'contour',
  'envoy',
  'kong',
]);

/**
 * Who calls a Service is written in no object: the pods of its own namespace may, an ingress controller where an Ingress
 * leads to it, and everybody where it has a port outside. Probes come from the pod's own node and need no rule.
 */
export function serviceFlows(index: ClusterIndex, model: PolicyModel, namespace: string): ServiceFlows {
  const byIngress = servicesOfIngresses(index, namespace);
  const controllers = controllersIn(model);
  const flows: string[] = [];
  const notes: string[] = [];
  for (const service of index.list('Service', namespace)) {
    const name = nameOf(service);
    if (service.spec?.type === 'ExternalName') continue;
    if (selectedPods(service, model.pods).length === 0) {
      notes.push(`left out: no pod stands behind Service ${namespace}/${name}`);
      continue;
    }
    const target = `svc/${namespace}/${name}`;
    flows.push(`ns/${namespace} -> ${target}`);
    if (['LoadBalancer', 'NodePort'].includes(service.spec?.type ?? '')) {
      flows.push(...familiesOf(service).map((cidr) => `${cidr} -> ${target}`));
      notes.push(`Service ${namespace}/${name} has a port outside: every address is let in to it`);
    }
    const ingress = byIngress.get(name);
    if (ingress === undefined) continue;
    flows.push(...controllers.map((controller) => `${controller} -> ${target}`));
    if (controllers.length === 0) {
      notes.push(
        `Ingress ${namespace}/${ingress} leads to Service ${namespace}/${name}, and its controller was not recognised: ` +
          `add --allow "NAMESPACE:LABELS -> ${target}" for it`,
      );
    }
  }
  return { flows, notes };
}

/** A client's address can be replaced by that of a node on the way, so no range is left out. */
function familiesOf({ spec }: Service): readonly string[] {
  const families = spec?.ipFamilies ?? ['IPv4'];
  return families.map((family) => (family === 'IPv6' ? '::/0' : '0.0.0.0/0'));
}

/** The Services that Ingresses of the namespace lead to, with one of those Ingresses. */
function servicesOfIngresses(index: ClusterIndex, namespace: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const ingress of index.list('Ingress', namespace)) {
    const backends = [
      ingress.spec?.defaultBackend,
      ...(ingress.spec?.rules ?? []).flatMap((rule) => (rule.http?.paths ?? []).map(({ backend }) => backend)),
    ];
    for (const backend of backends) {
      const name = backend?.service?.name;
      if (name !== undefined) found.set(name, nameOf(ingress));
    }
  }
  return found;
}

/** Pods that are called like an ingress controller, as ends: `ingress-nginx:app.kubernetes.io/name=ingress-nginx`. */
function controllersIn({ units }: PolicyModel): readonly string[] {
  const found = new Set<string>();
  for (const { labels, namespace } of units) {
    const name = labels.labels[CONTROLLER_LABEL];
    if (name !== undefined && CONTROLLERS.has(name)) found.add(`${namespace.name}:${CONTROLLER_LABEL}=${name}`);
  }
  return [...found];
}
