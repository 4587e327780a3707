import type { Labels } from '../../shared/model/objects.ts';
import { NO_PORTS, type PortSet, portRange, protocolOf, unionPorts } from '../../shared/policy/rules/port-set.ts';

/** OVN-Kubernetes, "KubeletHealthChecks for UDN pods": ports of a pod that stay open on the network of the cluster. */
const ANNOTATION = 'k8s.ovn.org/open-default-ports';

/** The ports that pods of each namespace keep open on the network of the cluster; none for a namespace that is left out. */
export function openDefaultPorts(
  pods: readonly { readonly namespace: string; readonly annotations: Labels | undefined }[],
): ReadonlyMap<string, PortSet> {
  const found = new Map<string, PortSet>();
  for (const { namespace, annotations } of pods) {
    const text = annotations?.[ANNOTATION];
    if (text !== undefined) found.set(namespace, unionPorts(found.get(namespace) ?? NO_PORTS, parsePorts(text)));
  }
  return found;
}

/** A list of `protocol` and `port` in YAML or JSON; an item with `icmp` has no port. */
function parsePorts(text: string): PortSet {
  let ports = NO_PORTS;
  for (const item of text.split(/^\s*-|\}/m)) {
    const protocol = protocolOf(/"?protocol"?\s*:\s*"?(\w+)/.exec(item)?.[1]?.toUpperCase());
    const port = Number(/"?port"?\s*:\s*"?(\d+)/.exec(item)?.[1]);
    if (protocol !== undefined && port >= 1 && port <= 65535) ports = unionPorts(ports, portRange(protocol, port));
  }
  return ports;
}
