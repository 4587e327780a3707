import { runOn } from '../machine/enter.ts';
import { addPodRoutes } from '../machine/network.ts';

/** Addresses of the pods of a node, and the node's own, behind which they are. */
export interface PodRange {
  readonly machine: string;
  readonly range: string;
  readonly via: string;
}

/** What an administrator without a network plugin writes on a node: a bridge with addresses of its pod ranges. */
function conflist(ranges: readonly string[]): string {
  return JSON.stringify({
    cniVersion: '0.3.1',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isDefaultGateway: true,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: ranges.map((subnet) => [{ subnet }]) },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
}

/** Joins the pods of the nodes without any agent: a bridge on each node, and static routes to those of the others. */
export async function joinByHand(cluster: string, ranges: readonly PodRange[]): Promise<void> {
  for (const machine of new Set(ranges.map((one) => one.machine))) {
    const own = ranges.filter((one) => one.machine === machine).map(({ range }) => range);
    await addPodRoutes(
      cluster,
      machine,
      ranges.filter((one) => one.machine !== machine),
    );
    const write = 'mkdir -p /etc/cni/net.d && cat > /etc/cni/net.d/10-bridge.conflist';
    await runOn(cluster, machine, ['sh', '-c', write], conflist(own));
  }
}
