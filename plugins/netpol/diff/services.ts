import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { namespaceOrDefault } from '../../../shared/model/refs.ts';
import { matchesLabels } from '../../../shared/model/selectors.ts';
import { hasPort, type Protocol } from '../../../shared/policy/rules/port-set.ts';
import { serviceTargets } from '../../../shared/policy/services/service-targets.ts';
import type { Incoming, Summary } from './summary.ts';

/** A port of a Service that somebody can no longer use. */
export interface ServiceLoss {
  readonly service: Service;
  readonly servicePort: number;
  readonly protocol: Protocol;
  readonly targetPort: number;
  /** Who loses it. */
  readonly incoming: readonly Incoming[];
  readonly senders: number;
}

/** Services whose pods lose traffic on the port that the Service sends to. */
export function lostServices(index: ClusterIndex, { receivers }: Summary): readonly ServiceLoss[] {
  const losing = new Map<Pod, readonly Incoming[]>();
  for (const { group, incoming } of receivers) {
    const lost = incoming.filter(({ effect }) => effect === 'lost');
    if (lost.length > 0) for (const { before } of group.ends) for (const pod of before) losing.set(pod, lost);
  }
  const byNamespace = new Map<string, Pod[]>();
  for (const pod of losing.keys()) {
    const namespace = namespaceOrDefault(pod);
    const list = byNamespace.get(namespace);
    if (list === undefined) byNamespace.set(namespace, [pod]);
    else list.push(pod);
  }
  return index.list('Service').flatMap((service) => lossesOf(service, byNamespace, losing));
}

function lossesOf(
  service: Service,
  byNamespace: ReadonlyMap<string, readonly Pod[]>,
  losing: ReadonlyMap<Pod, readonly Incoming[]>,
): readonly ServiceLoss[] {
  const selector = service.spec?.selector;
  if (!selector || Object.keys(selector).length === 0) return [];
  const pods = (byNamespace.get(namespaceOrDefault(service)) ?? []).filter((pod) =>
    matchesLabels(selector, pod.metadata?.labels),
  );
  if (pods.length === 0) return [];
  return serviceTargets(service, pods).flatMap(({ servicePort, protocol, targets }) => {
    const incoming = new Set<Incoming>();
    let targetPort: number | undefined;
    for (const { pod, port } of targets) {
      if (port === undefined) continue;
      for (const one of losing.get(pod) ?? []) {
        if (!hasPort(one.ports, protocol, port)) continue;
        incoming.add(one);
        targetPort ??= port;
      }
    }
    if (targetPort === undefined) return [];
    const all = [...incoming];
    const senders = all.reduce((sum, one) => sum + one.senders, 0);
    return [{ service, servicePort, protocol, targetPort, incoming: all, senders }];
  });
}
