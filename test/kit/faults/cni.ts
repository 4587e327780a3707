import { runOn } from '../../cluster/machine/enter.ts';
import type { TestCluster } from '../cluster.ts';
import { waitForNode } from '../states.ts';
import { once, type Undo } from '../undo.ts';

const config = '/etc/cni/net.d/10-flannel.conflist';

/** The CNI configuration of a node is gone: no new pods there, and the node turns NotReady. Running pods go on. */
export async function deleteCniConfig(cluster: TestCluster, node: string): Promise<Undo> {
  const text = await runOn(cluster.name, node, ['cat', config]);
  await runOn(cluster.name, node, ['rm', config]);
  return once(async () => {
    // Written anew: containerd 1.6 does not notice a file that is moved in.
    await runOn(cluster.name, node, ['sh', '-c', `cat > ${config}`], `${text}\n`);
    await waitForNode(node, true, cluster);
  });
}

/** Every address of a node's pod range is reserved, as leaked reservations do it in the field. */
export async function exhaustPodRange(cluster: TestCluster, node: string): Promise<Undo> {
  const owner = `kit-exhausted-${process.pid}`;
  const folder = '/var/lib/cni/networks/cbr0';
  const reserve = `set -e
    mkdir -p ${folder}
    . /run/flannel/subnet.env
    prefix=\${FLANNEL_SUBNET%.*}
    for last in $(seq 2 254); do
      [ -e ${folder}/$prefix.$last ] || printf '${owner}\\r\\neth0' > ${folder}/$prefix.$last
    done`;
  await runOn(cluster.name, node, ['sh', '-c', reserve]);
  return once(async () => {
    await runOn(cluster.name, node, ['sh', '-c', `cd ${folder} && grep -l '${owner}' * | xargs -r rm -f`]);
  });
}
