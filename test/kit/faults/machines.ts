import type { KubeObject } from '../../cluster/api.ts';
import { type Daemon, daemons, signalDaemon, startDaemon } from '../../cluster/machine/control.ts';
import { runOn } from '../../cluster/machine/enter.ts';
import { kubeletDaemon } from '../../cluster/parts/node.ts';
import { readState } from '../../cluster/state.ts';
import { waitFor } from '../../cluster/wait.ts';
import { addressOf, type TestCluster } from '../cluster.ts';
import { waitForNode, waitForObject } from '../states.ts';
import { once, type Undo } from '../undo.ts';

/** Ends a node's kubelet; its pods run on. The node turns NotReady half a minute later: wait for that state. */
export async function stopKubelet(cluster: TestCluster, node: string): Promise<Undo> {
  await endKubelet(cluster, node);
  return once(async () => {
    await startDaemon(cluster.name, node, kubeletOf(cluster, node));
    await waitForNode(node, true, cluster);
  });
}

/** A node gets another IPv4 address in its network, and its kubelet tells it; agents there are not started anew. */
export async function moveNode(cluster: TestCluster, node: string, address: string): Promise<Undo> {
  const move = async (from: string, to: string): Promise<void> => {
    await endKubelet(cluster, node);
    // Without promotion the second address goes with the first, and all routes with them.
    const change = `sysctl -qw net.ipv4.conf.eth0.promote_secondaries=1 &&
      ip addr add ${to}/24 dev eth0 && ip addr del ${from}/24 dev eth0`;
    await runOn(cluster.name, node, ['sh', '-c', change]);
    const kubelet = kubeletOf(cluster, node);
    const args = kubelet.args.map((word) => (word.startsWith('--node-ip=') ? word.replace(/\d[\d.]+/, to) : word));
    await startDaemon(cluster.name, node, { ...kubelet, args });
    const holds = ({ status }: KubeObject): boolean =>
      ((status.addresses ?? []) as readonly { readonly address: string }[]).some((one) => one.address === to);
    await waitForObject(`/api/v1/nodes/${node}`, holds, cluster);
    await waitForNode(node, true, cluster);
  };
  const before = addressOf(cluster, node);
  await move(before, address);
  return once(() => move(address, before));
}

async function endKubelet(cluster: TestCluster, node: string): Promise<void> {
  await signalDaemon(cluster.name, node, 'kubelet', 'SIGTERM');
  await waitFor(`the kubelet of ${node} to end`, async () => {
    const { running } = await daemons(cluster.name, node);
    return running.kubelet === undefined;
  });
}

function kubeletOf({ name }: TestCluster, node: string): Daemon {
  const state = readState(name);
  if (state === undefined) {
    throw new Error(`no cluster ${name}`);
  }
  return kubeletDaemon(state.options, state.index, Number(node.replace('node', '')));
}

/**
 * etcd or the API server stops answering in the middle of whatever it does, with its
 * connections open. The undo lets it go on; nothing is lost.
 */
export async function freezeControlPlane(cluster: TestCluster, part: 'etcd' | 'kube-apiserver'): Promise<Undo> {
  await signalDaemon(cluster.name, 'plane', part, 'SIGSTOP');
  return once(() => signalDaemon(cluster.name, 'plane', part, 'SIGCONT'));
}
