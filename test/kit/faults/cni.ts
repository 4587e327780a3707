import { KubeApi } from '../../cluster/api.ts';
import { signalProgram } from '../../cluster/machine/control.ts';
import { runOn } from '../../cluster/machine/enter.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';
import { waitForNode, waitForRollout } from '../states.ts';
import { once, type Undo } from '../undo.ts';
import { replacePodsOn } from './pods.ts';

const folder = '/etc/cni/net.d';

/** The file that the runtime of a node takes: the first by name, whoever wrote it. */
async function configOf(cluster: TestCluster, node: string): Promise<string> {
  const [first = ''] = (await runOn(cluster.name, node, ['ls', folder]))
    .split('\n')
    .filter((name) => /conf/.test(name));
  if (first === '') throw new Error(`no CNI configuration on ${node}`);
  return `${folder}/${first}`;
}

/** The CNI configuration of a node is gone: no new pods there, and the node turns NotReady. Running pods go on. */
export async function deleteCniConfig(cluster: TestCluster, node: string): Promise<Undo> {
  const config = await configOf(cluster, node);
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
  const { name } = JSON.parse(await runOn(cluster.name, node, ['cat', await configOf(cluster, node)]));
  const held = `/var/lib/cni/networks/${name}`;
  // host-local keeps a file per address, whether Flannel or the file itself named the range.
  const reserve = `set -e
    mkdir -p ${held}
    prefix=${(await rangeOf(cluster, node)).replace(/\.\d+\/24$/, '')}
    for last in $(seq 2 254); do
      [ -e ${held}/$prefix.$last ] || printf '${owner}\\r\\neth0' > ${held}/$prefix.$last
    done`;
  await runOn(cluster.name, node, ['sh', '-c', reserve]);
  return once(async () => {
    await runOn(cluster.name, node, ['sh', '-c', `cd ${held} && grep -l '${owner}' * | xargs -r rm -f`]);
  });
}

/** The IPv4 range of a node, a /24 in these clusters. */
async function rangeOf(cluster: TestCluster, node: string): Promise<string> {
  const api = new KubeApi(cluster.kubeconfig);
  try {
    const { spec } = await api.json<{ readonly spec: { readonly podCIDR: string } }>('GET', `/api/v1/nodes/${node}`);
    return spec.podCIDR;
  } finally {
    api.close();
  }
}

/** Kills flannel of a node as often as the kubelet starts it, until the kubelet waits minutes before it tries again. */
export async function crashFlannel(cluster: TestCluster, node: string): Promise<Undo> {
  const api = new KubeApi(cluster.kubeconfig);
  const pods = `/api/v1/namespaces/kube-flannel/pods?labelSelector=app%3Dflannel&fieldSelector=spec.nodeName%3D${node}`;
  interface Status {
    readonly restartCount: number;
    readonly state: { readonly waiting?: { readonly reason: string } };
  }
  try {
    await waitFor(
      `flannel on ${node} to be given up for a while`,
      async () => {
        await signalProgram(cluster.name, node, 'flanneld', 'SIGKILL');
        const [pod] = await api.list(pods);
        const [status] = (pod?.status.containerStatuses ?? []) as readonly Status[];
        return status !== undefined && status.restartCount >= 3 && status.state.waiting?.reason === 'CrashLoopBackOff';
      },
      { timeoutMs: 240_000, intervalMs: 1000 },
    );
  } finally {
    api.close();
  }
  return once(async () => {
    await replacePodsOn(cluster, node, 'kube-flannel', 'app=flannel');
    await waitForRollout('daemonsets', 'kube-flannel', 'kube-flannel-ds', cluster);
  });
}

/** A program that the CNI configuration names is not on the node any more. */
export async function removeCniProgram(cluster: TestCluster, node: string, program: string): Promise<Undo> {
  const path = `/opt/cni/bin/${program}`;
  await runOn(cluster.name, node, ['mv', path, `${path}.away`]);
  return once(async () => void (await runOn(cluster.name, node, ['mv', `${path}.away`, path])));
}
