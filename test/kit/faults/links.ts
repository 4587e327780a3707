import { runOn } from '../../cluster/machine/enter.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';
import { waitForRollout } from '../states.ts';
import { once, type Undo } from '../undo.ts';
import { replacePodsOn } from './pods.ts';

/**
 * The wire to one node carries smaller frames than both ends believe: bigger ones
 * vanish without a word, small ones pass. Connections open and then hang.
 */
export async function lowerMtu(cluster: TestCluster, node: string, mtu: number): Promise<Undo> {
  // Segmentation offload would carry big packets past the check, which real wires do not.
  const segments = async (count: number): Promise<void> => {
    for (const one of cluster.nodes) {
      await runOn(cluster.name, one, ['ip', 'link', 'set', 'eth0', 'gso_max_segs', String(count)]);
    }
  };
  await segments(1);
  await runOn(cluster.name, 'plane', ['ip', 'link', 'set', node, 'mtu', String(mtu)]);
  return once(async () => {
    await runOn(cluster.name, 'plane', ['ip', 'link', 'set', node, 'mtu', '1500']);
    await segments(65535);
  });
}

/** The overlay's device goes down and its routes vanish. The undo lets a new Flannel set it up. */
export async function takeFlannelDown(cluster: TestCluster, node: string): Promise<Undo> {
  const routes = async (): Promise<string> =>
    await runOn(cluster.name, node, ['ip', '-4', 'route', 'show', 'dev', 'flannel.1']);
  const before = (await routes()).trim().split('\n').length;
  await runOn(cluster.name, node, ['ip', 'link', 'set', 'flannel.1', 'down']);
  return once(async () => {
    await runOn(cluster.name, node, ['ip', 'link', 'set', 'flannel.1', 'up']);
    await replacePodsOn(cluster, node, 'kube-flannel', 'app=flannel');
    await waitForRollout('daemonsets', 'kube-flannel', 'kube-flannel-ds', cluster);
    await waitFor(`overlay routes on ${node}`, async () => (await routes()).trim().split('\n').length >= before);
  });
}
