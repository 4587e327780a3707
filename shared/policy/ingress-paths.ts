/**
 * Paths from outside through Ingress and Route objects. The traffic that reaches a pod comes from an ingress controller,
 * a pod of the cluster of which the objects say neither name nor namespace nor labels.
 */

import type { KubeObject } from '../model/objects.ts';
import type { Ingress, IngressBackend, Service } from '../model/objects-network.ts';
import type { Pod } from '../model/objects-pod.ts';
import type { Ref } from '../model/refs.ts';
import { perhaps, type SideSets, surely } from './decide.ts';
import { type PolicyModel, tiersOf } from './model.ts';
import { intersectPorts, type PortSet, portRange, unionPorts } from './port-set.ts';
import { selectedPods, serviceTargets } from './service-targets.ts';
import { sideSets } from './side.ts';
import type { PodUnit } from './units.ts';

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
}

export interface IngressFacts {
  readonly services: readonly Service[];
  readonly ingresses?: readonly Ingress[];
  readonly routes?: readonly Route[];
}

/** A pod that an Ingress or Route leads to. */
export interface IngressPath {
  readonly unit: PodUnit;
  /** The Ingress and Route objects that lead there. */
  readonly through: readonly Ref[];
  /** Ports that they lead to, whatever policies say. */
  readonly ports: PortSet;
  /** Those of them that policies let in from any pod whatever, and those that depend on which pod the controller is. */
  readonly allowed: PortSet;
  readonly depends: PortSet;
}

/** All pods behind Ingress and Route objects, in the order of the model's pods. */
export function ingressPaths(model: PolicyModel, facts: IngressFacts): readonly IngressPath[] {
  const found = new Map<Pod, { ports: PortSet; readonly through: Ref[] }>();
  const pods = model.units.map(({ pod }) => pod);
  for (const { through, service, port } of backends(facts)) {
    for (const entry of serviceTargets(service, selectedPods(service, pods)).filter(port)) {
      for (const target of entry.targets) {
        if (target.port === undefined) continue;
        const ports = portRange(entry.protocol, target.port);
        const known = found.get(target.pod);
        if (known === undefined) found.set(target.pod, { ports, through: [through] });
        else {
          known.ports = unionPorts(known.ports, ports);
          if (!known.through.some(({ kind, name }) => kind === through.kind && name === through.name)) {
            known.through.push(through);
          }
        }
      }
    }
  }
  return model.units.flatMap((unit) => {
    const path = found.get(unit.pod);
    if (path === undefined) return [];
    const sets = fromController(model, unit);
    const allowed = intersectPorts(path.ports, surely(sets));
    return [{ unit, ...path, allowed, depends: intersectPorts(path.ports, perhaps(sets)) }];
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

interface Backend {
  readonly through: Ref;
  readonly service: Service;
  readonly port: (entry: ReturnType<typeof serviceTargets>[number]) => boolean;
}

function backends({ services, ingresses = [], routes = [] }: IngressFacts): readonly Backend[] {
  const byName = new Map(services.map((service) => [key(service, service.metadata?.name), service]));
  const result: Backend[] = [];
  for (const ingress of ingresses) {
    const paths = (ingress.spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? []);
    for (const backend of [ingress.spec?.defaultBackend, ...paths.map((path) => path.backend)]) {
      const service = byName.get(key(ingress, backend?.service?.name));
      if (backend === undefined || service === undefined) continue;
      result.push({ through: refOf(ingress, 'Ingress'), service, port: (entry) => isBackendPort(backend, entry) });
    }
  }
  for (const route of routes) {
    const wanted = route.spec?.port?.targetPort;
    for (const target of [route.spec?.to, ...(route.spec?.alternateBackends ?? [])]) {
      const service = byName.get(key(route, target?.name));
      if (service === undefined) continue;
      // RoutePort.targetPort: a Service port's name, or the number of a target port. Without it every port is meant.
      const port: Backend['port'] = ({ name, targetPort }) =>
        wanted === undefined || name === wanted || targetPort === wanted;
      result.push({ through: refOf(route, 'Route'), service, port });
    }
  }
  return result;
}

/** IngressServiceBackend.port: the Service's port, by number or by name. */
function isBackendPort({ service }: IngressBackend, entry: ReturnType<typeof serviceTargets>[number]): boolean {
  const { name, number } = service?.port ?? {};
  return number === undefined ? name === entry.name : number === entry.servicePort;
}

function key({ metadata }: KubeObject, name: string | undefined): string {
  return `${metadata?.namespace || 'default'}/${name ?? ''}`;
}

function refOf({ metadata }: KubeObject, kind: string): Ref {
  return { kind, namespace: metadata?.namespace || 'default', name: metadata?.name ?? '' };
}
