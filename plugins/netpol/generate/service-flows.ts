import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { formatRef, nameOf } from '../../../shared/model/refs.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { selectedPods } from '../../../shared/policy/services/service-targets.ts';
import { servicesWithWaysIn } from '../ways-in.ts';

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

/** On the routers of OpenShift, and on what a Gateway is carried out by (GEP-1762, "In-cluster gateway deployments"). */
const ROUTER_LABEL = 'ingresscontroller.operator.openshift.io/deployment-ingresscontroller';
const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

/**
 * Who calls a Service is written in no object: the pods of its own namespace may, the controller where an Ingress, a
 * Route or a route of a Gateway leads to it, and everybody where it has a port outside. Probes come from the pod's own node and need no rule.
 */
export function serviceFlows(index: ClusterIndex, model: PolicyModel, namespace: string): ServiceFlows {
  const ways = servicesWithWaysIn(index, model);
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
    const way = ways.get(`${namespace}/${name}`);
    if (way === undefined) continue;
    const controllers = controllersFor(way.kind, model);
    flows.push(...controllers.map((controller) => `${controller} -> ${target}`));
    if (controllers.length === 0) {
      notes.push(
        `${formatRef(way)} leads to Service ${namespace}/${name}, and its controller was not recognised: ` +
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

/**
 * Pods by whose labels they carry out objects of a kind, as ends: `ingress-nginx:app.kubernetes.io/name=ingress-nginx`.
 * Most controllers of Ingresses carry out routes of Gateways as well.
 */
function controllersFor(kind: string, { units }: PolicyModel): readonly string[] {
  const found = new Set<string>();
  const own = kind === 'Route' ? ROUTER_LABEL : kind === 'Ingress' ? CONTROLLER_LABEL : GATEWAY_LABEL;
  for (const key of kind === 'Route' || kind === 'Ingress' ? [own] : [own, CONTROLLER_LABEL]) {
    for (const { labels, namespace } of units) {
      const value = labels.labels[key];
      if (value === undefined || (key === CONTROLLER_LABEL && !CONTROLLERS.has(value))) continue;
      found.add(`${namespace.name}:${key}=${value}`);
    }
    if (found.size > 0) break;
  }
  return [...found];
}
