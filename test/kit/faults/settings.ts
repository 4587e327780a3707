import { runOn } from '../../cluster/machine/enter.ts';
import type { TestCluster } from '../cluster.ts';
import { once, type Undo } from '../undo.ts';

/** A setting of a node's kernel has another value, such as `net.ipv4.conf.cni0.forwarding`; each node has its own network. */
export async function changeSetting(cluster: TestCluster, node: string, name: string, value: string): Promise<Undo> {
  const before = (await runOn(cluster.name, node, ['sysctl', '-n', name])).trim();
  const set = async (to: string): Promise<void> =>
    void (await runOn(cluster.name, node, ['sysctl', '-w', `${name}=${to}`]));
  await set(value);
  return once(async () => await set(before));
}
