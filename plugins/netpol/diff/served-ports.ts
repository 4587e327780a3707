import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { namespaceOrDefault } from '../../../shared/model/refs.ts';
import { ALL_PORTS, NO_PORTS, type PortSet, portRange, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import { declaredPortsOf } from '../../../shared/policy/rules/units.ts';
import { selectedPods, serviceTargets } from '../../../shared/policy/services/service-targets.ts';

/** The ports on which pods can be taken to serve. */
export type ServedPorts = (pods: readonly Pod[]) => PortSet;

/** What scrapers go by where a container does not declare its port of metrics. */
const SCRAPED = 'prometheus.io/port';

/**
 * What the pods of a workload serve: the ports that their containers declare, those that Services send to, and the one
 * that is announced for scraping. Declaring is only documentation (ContainerPort in the API reference), so it counts for
 * a whole list only where there is one: pods that declare nothing, or whose Services could not be read, may serve on any.
 */
export function servedPortsIn(index: ClusterIndex): ServedPorts {
  const byNamespace = new Map<string, Service[]>();
  for (const service of index.list('Service')) {
    const namespace = namespaceOrDefault(service);
    const list = byNamespace.get(namespace);
    if (list === undefined) byNamespace.set(namespace, [service]);
    else list.push(service);
  }
  return (pods) => {
    const namespace = pods[0]?.metadata?.namespace || 'default';
    const { status } = index.seen('Service', namespace);
    if (status === 'forbidden' || status === 'failed') return ALL_PORTS;
    let served: PortSet = NO_PORTS;
    for (const pod of pods) {
      const declared = declaredPortsOf(pod);
      if (declared.length === 0) return ALL_PORTS;
      for (const { protocol, number } of declared) served = unionPorts(served, portRange(protocol, number));
      served = unionPorts(served, portRange('TCP', Number(pod.metadata?.annotations?.[SCRAPED] ?? 0)));
    }
    for (const service of byNamespace.get(namespace) ?? []) {
      for (const { protocol, targets } of serviceTargets(service, selectedPods(service, pods))) {
        for (const { port } of targets) if (port !== undefined) served = unionPorts(served, portRange(protocol, port));
      }
    }
    return served;
  };
}
