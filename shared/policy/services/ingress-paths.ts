/**
 * Paths from outside through Ingress and Route objects and the routes of Gateways. The traffic that reaches a pod comes
 * from an ingress controller, a pod of the cluster of which the objects say neither name nor namespace nor labels.
 */

import type { KubeObject } from '../../model/objects.ts';
import type { Ingress, IngressBackend, Service } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import { namespaceOrDefault, type Ref, refKey } from '../../model/refs.ts';
import { perhaps, type SideSets, surely } from '../evaluate/decide.ts';
import { sideSets } from '../evaluate/side.ts';
import { type PolicyModel, tiersOf } from '../model.ts';
import {
  intersectPorts,
  NO_PORTS,
  type PortSet,
  type Protocol,
  portRange,
  subtractPorts,
  unionPorts,
} from '../rules/port-set.ts';
import type { PodUnit } from '../rules/units.ts';
import { type GatewayFacts, gatewayBackends } from './gateway-backends.ts';
import { type ServicePortTargets, selectedPods, serviceTargets } from './service-targets.ts';

/** What of a Route (route.openshift.io/v1) matters here. */
export interface Route extends KubeObject {
  readonly spec?: {
    readonly to?: RouteTarget;
    readonly alternateBackends?: readonly RouteTarget[] | null;
    readonly port?: { readonly targetPort?: number | string } | null;
  };
}

export interface RouteTarget {
  readonly kind?: string;
  readonly name?: string;
  readonly weight?: number | null;
}

export interface IngressFacts {
  readonly services: readonly Service[];
  readonly ingresses?: readonly Ingress[];
  readonly routes?: readonly Route[];
  readonly gateway?: GatewayFacts;
}

/** A pod that an Ingress, a Route or a route of a Gateway leads to. */
export interface IngressPath {
  readonly unit: PodUnit;
  /** The objects that lead there. */
  readonly through: readonly Ref[];
  /** Ports that they lead to, whatever policies say. */
  readonly ports: PortSet;
  /** Those of them that policies let in from any pod whatever, and those that depend on which pod the controller is. */
  readonly allowed: PortSet;
  readonly depends: PortSet;
}

/** All pods behind objects that lead in from outside, in the order of the model's pods. */
export function ingressPaths(model: PolicyModel, facts: IngressFacts): readonly IngressPath[] {
  const found = new Map<Pod, { sure: PortSet; unsure: PortSet; readonly through: Ref[] }>();
  const pods = model.units.map(({ pod }) => pod);
  for (const { through, service, port, sure } of backends(model, facts)) {
    for (const entry of serviceTargets(service, selectedPods(service, pods))) {
      for (const target of entry.targets) {
        if (target.port === undefined || !port(entry, target.port)) continue;
        const ports = portRange(entry.protocol, target.port);
        const path = found.get(target.pod) ?? { sure: NO_PORTS, unsure: NO_PORTS, through: [] };
        found.set(target.pod, path);
        path[sure ? 'sure' : 'unsure'] = unionPorts(path[sure ? 'sure' : 'unsure'], ports);
        if (!path.through.some((known) => refKey(known) === refKey(through))) path.through.push(through);
      }
    }
  }
  return model.units.flatMap((unit) => {
    const path = found.get(unit.pod);
    if (path === undefined) return [];
    const { sure, unsure, through } = path;
    const sets = fromController(model, unit);
    const ports = unionPorts(sure, unsure);
    const allowed = intersectPorts(sure, surely(sets));
    const depends = unionPorts(
      intersectPorts(sure, perhaps(sets)),
      intersectPorts(subtractPorts(unsure, sure), sets.allow),
    );
    return [{ unit, through, ports, allowed, depends }];
  });
}

/** A rule for all pods, or for everybody, surely means the controller; any other rule may mean it. */
function fromController(model: PolicyModel, unit: PodUnit): SideSets {
  const tiers = tiersOf(model, unit);
  return sideSets({ direction: 'ingress', tiers, subject: unit, other: unknownPod() }, model.context);
}

/** A pod of which nothing is known but that it is one. */
export function unknownPod(): PodUnit {
  const unknown = { labels: {}, complete: false };
  return {
    type: 'pod',
    pod: {},
    namespace: { name: '', labels: unknown },
    name: '',
    labels: unknown,
    hostNetwork: false,
    nodeName: '',
    addresses: [],
  };
}

/** The Services that objects lead to from outside, each with one of those objects, by `namespace/name`. */
export function servicesBehind(model: PolicyModel, facts: IngressFacts): ReadonlyMap<string, Ref> {
  return new Map(backends(model, facts).map(({ service, through }) => [key(service, service.metadata?.name), through]));
}

interface Backend {
  readonly through: Ref;
  readonly service: Service;
  /** Whether a Service port is meant, which a pod has at `target`. */
  readonly port: (entry: ServicePortTargets, target: number) => boolean;
  /** False when it is not known whether the reference holds. */
  readonly sure: boolean;
}

function backends(
  model: PolicyModel,
  { services, ingresses = [], routes = [], gateway }: IngressFacts,
): readonly Backend[] {
  const byName = new Map(services.map((service) => [key(service, service.metadata?.name), service]));
  const result: Backend[] = [];
  for (const ingress of ingresses) {
    const paths = (ingress.spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? []);
    for (const backend of [ingress.spec?.defaultBackend, ...paths.map((path) => path.backend)]) {
      const service = byName.get(key(ingress, backend?.service?.name));
      if (backend === undefined || service === undefined) continue;
      const through = refOf(ingress, 'Ingress');
      result.push({ through, service, port: (entry) => isBackendPort(backend, entry), sure: true });
    }
  }
  for (const route of routes) {
    const wanted = route.spec?.port?.targetPort;
    for (const target of [route.spec?.to, ...(route.spec?.alternateBackends ?? [])]) {
      const service = byName.get(key(route, target?.name));
      // RouteTargetReference.weight: "If the weight is 0 no requests will be passed to the backend."
      if (service === undefined || target?.weight === 0) continue;
      // RoutePort.targetPort: a name, or the number of a port of the pods. Without it every port is meant.
      const port: Backend['port'] = ({ name, targetPort, protocol }, target) =>
        protocol === HTTP && (wanted === undefined || name === wanted || targetPort === wanted || target === wanted);
      result.push({ through: refOf(route, 'Route'), service, port, sure: true });
    }
  }
  for (const { kind, route, namespace, service: name, port, protocol, sure } of gateway === undefined
    ? []
    : gatewayBackends(model, gateway)) {
    const service = byName.get(`${namespace}/${name}`);
    if (service === undefined) continue;
    const isPort: Backend['port'] = (entry) => entry.servicePort === port && entry.protocol === protocol;
    result.push({ through: refOf(route, kind), service, port: isPort, sure });
  }
  return result;
}

/** What Ingress and Route objects carry, whatever else the Service has under the same number. */
const HTTP: Protocol = 'TCP';

/** IngressServiceBackend.port: the Service's port, by number or by name. */
function isBackendPort({ service }: IngressBackend, entry: ServicePortTargets): boolean {
  const { name, number } = service?.port ?? {};
  return entry.protocol === HTTP && (number === undefined ? name === entry.name : number === entry.servicePort);
}

function key({ metadata }: KubeObject, name: string | undefined): string {
  return `${namespaceOrDefault({ metadata })}/${name ?? ''}`;
}

function refOf({ metadata }: KubeObject, kind: string): Ref {
  return { kind, namespace: namespaceOrDefault({ metadata }), name: metadata?.name ?? '' };
}
