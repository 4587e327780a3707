import type { Service, ServicePort } from '../../model/objects-network.ts';
import type { Pod } from '../../model/objects-pod.ts';
import { namespaceOrDefault } from '../../model/refs.ts';
import { matchesLabels } from '../../model/selectors.ts';
import { type Protocol, protocolOf } from '../rules/port-set.ts';
import { declaredPortsOf, isFinished } from '../rules/units.ts';

/** Where one pod is reached for one Service port. */
export interface ServiceTarget {
  readonly pod: Pod;
  /** The port that the pod sees. Undefined when the Service names a port that this pod does not declare. */
  readonly port: number | undefined;
}

/** A Service port with its targets. Policies see the pod and its port, never the ClusterIP and the Service's port. */
export interface ServicePortTargets {
  readonly servicePort: number;
  readonly name: string | undefined;
  readonly protocol: Protocol;
  readonly targetPort: number | string;
  readonly targets: readonly ServiceTarget[];
}

/** Pods that a Service selects in its namespace. Finished pods and Services without a selector give none. */
export function selectedPods(service: Service, pods: readonly Pod[]): readonly Pod[] {
  const selector = service.spec?.selector;
  if (!selector || Object.keys(selector).length === 0) return [];
  const namespace = namespaceOrDefault(service);
  return pods.filter(
    (pod) => namespaceOrDefault(pod) === namespace && !isFinished(pod) && matchesLabels(selector, pod.metadata?.labels),
  );
}

/**
 * Translates Service ports to pod ports: ServicePort.targetPort is a number, or a name looked up in each pod's container
 * ports, or the Service's port when absent. `pods` are those behind the Service; `port` picks one port by number or name.
 * Ports with an unknown protocol are left out. A headless Service has no translation of its own: callers reach the pod's
 * port directly, and the target port is still where the pod serves.
 */
export function serviceTargets(
  service: Service,
  pods: readonly Pod[],
  port?: number | string,
): readonly ServicePortTargets[] {
  return (service.spec?.ports ?? [])
    .filter((entry) => port === undefined || entry.port === port || entry.name === port)
    .flatMap((entry) => {
      const protocol = protocolOf(entry.protocol);
      if (protocol === undefined || entry.port === undefined) return [];
      const targetPort = targetPortOf(entry, entry.port);
      const targets = pods.map((pod) => ({ pod, port: resolve(pod, targetPort, protocol) }));
      return [{ servicePort: entry.port, name: entry.name, protocol, targetPort, targets }];
    });
}

function targetPortOf({ targetPort }: ServicePort, servicePort: number): number | string {
  // A targetPort of 0 or "" is what an absent one looks like in some serialisations.
  return targetPort === undefined || targetPort === 0 || targetPort === '' ? servicePort : targetPort;
}

function resolve(pod: Pod, targetPort: number | string, protocol: Protocol): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  // The first declaration wins, as in the EndpointSlice controller.
  return declaredPortsOf(pod).find((port) => port.name === targetPort && port.protocol === protocol)?.number;
}
