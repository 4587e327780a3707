/** What the annotations of a pod say of its networks (OVN-Kubernetes, "User Defined Networks"). */
import type { Pod } from '../../model/objects-pod.ts';
import { NO_PORTS, type PortSet, portRange, protocolOf, unionPorts } from './port-set.ts';

/**
 * Ports of a pod that stay open on the network of the cluster ("KubeletHealthChecks for UDN pods"). A rule names them like
 * a port, so that each pod is asked what it opens.
 */
export const OPEN_DEFAULT_PORTS = 'k8s.ovn.org/open-default-ports';

/** The ports of a list of `protocol` and `port` in YAML or JSON; an item with `icmp` has no port. */
export function openDefaultPorts({ metadata }: Pod): PortSet {
  const text = metadata?.annotations?.[OPEN_DEFAULT_PORTS] ?? '';
  let ports = NO_PORTS;
  for (const item of text.split(/^\s*-|\}/m)) {
    const protocol = protocolOf(/"?protocol"?\s*:\s*"?(\w+)/.exec(item)?.[1]?.toUpperCase());
    const port = Number(/"?port"?\s*:\s*"?(\d+)/.exec(item)?.[1]);
    if (protocol !== undefined && port >= 1 && port <= 65535) ports = unionPorts(ports, portRange(protocol, port));
  }
  return ports;
}

/**
 * The addresses of a pod on a primary network of its namespace's own; undefined for one without such a network. Its status
 * has those on the network of the cluster, which only the kubelet uses; the others stand in `k8s.ovn.org/pod-networks`.
 * Address blocks are compared with what packets carry (OKEP-5193; `ip4.src == CIDR` at the ports of that network).
 */
export function ownNetworkAddresses({ metadata }: Pod): readonly string[] | undefined {
  const text = metadata?.annotations?.['k8s.ovn.org/pod-networks'];
  if (text === undefined) return undefined;
  try {
    const networks = Object.entries(JSON.parse(text) as Readonly<Record<string, PodNetwork | null>>);
    const own = networks.find(([name, network]) => name !== 'default' && network?.role === 'primary')?.[1];
    return own?.ip_addresses?.map((address) => address.replace(/\/.*/, ''));
  } catch {
    return undefined;
  }
}

interface PodNetwork {
  readonly role?: string;
  readonly ip_addresses?: readonly string[];
}
