import { daemons, signalDaemon, startDaemon } from '../../cluster/machine/control.ts';
import { kubeletDaemon } from '../../cluster/parts/node.ts';
import { readState } from '../../cluster/state.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';
import { waitForNode } from '../states.ts';
import { once, type Undo } from '../undo.ts';

/** Ends a node's kubelet; its pods run on. The node turns NotReady half a minute later: wait for that state. */
export async function stopKubelet(cluster: TestCluster, node: string): Promise<Undo> {
  const state = readState(cluster.name);
  if (state === undefined) {
    throw new Error(`no cluster ${cluster.name}`);
  }
  await signalDaemon(cluster.name, node, 'kubelet', 'SIGTERM');
  await waitFor(`the kubelet of ${node} to end`, async () => {
    const { running } = await daemons(cluster.name, node);
    return running.kubelet === undefined;
  });
  return once(async () => {
    const number = Number(node.replace('node', ''));
    await startDaemon(cluster.name, node, kubeletDaemon(state.options, state.index, number));
    await waitForNode(node, true, cluster);
  });
}

/**
 * etcd or the API server stops answering in the middle of whatever it does, with its
 * connections open. The undo lets it go on; nothing is lost.
 */
export async function freezeControlPlane(cluster: TestCluster, part: 'etcd' | 'kube-apiserver'): Promise<Undo> {
  await signalDaemon(cluster.name, 'plane', part, 'SIGSTOP');
  return once(() => signalDaemon(cluster.name, 'plane', part, 'SIGCONT'));
}
