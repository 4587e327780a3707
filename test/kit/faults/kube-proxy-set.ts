import { KubeApi } from '../../cluster/api.ts';
import { findProgram } from '../../cluster/machine/control.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';
import { waitForRollout } from '../states.ts';
import { once, type Undo } from '../undo.ts';
import { replacePodsOn } from './pods.ts';

const daemonSet = '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy';
const configMap = '/api/v1/namespaces/kube-system/configmaps/kube-proxy';

async function withApi<T>(cluster: TestCluster, work: (api: KubeApi) => Promise<T>): Promise<T> {
  const api = new KubeApi(cluster.kubeconfig);
  try {
    return await work(api);
  } finally {
    api.close();
  }
}

/** Deletes kube-proxy from all nodes, as is done before a plugin is to replace it. Its settings and its last rules stay. */
export async function deleteKubeProxy(cluster: TestCluster): Promise<Undo> {
  const { metadata, spec } = await withApi(cluster, (api) => api.json('GET', daemonSet));
  await withApi(cluster, (api) => api.remove(daemonSet));
  for (const node of cluster.nodes)
    await waitFor(
      `kube-proxy to leave ${node}`,
      async () => (await findProgram(cluster.name, node, 'kube-proxy')).length === 0,
    );
  const { name, namespace, labels } = metadata;
  const again = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace, labels }, spec };
  return once(async () => {
    await withApi(cluster, (api) => api.json('POST', daemonSet.replace(/\/[^/]+$/, ''), again));
    await waitForRollout('daemonsets', 'kube-system', 'kube-proxy', cluster);
  });
}

/** kube-proxy of a node starts anew with a mode that does not exist, and ends at once; those of other nodes run on. */
export async function misconfigureKubeProxy(cluster: TestCluster, node: string): Promise<Undo> {
  const { data } = await withApi(cluster, (api) => api.json('GET', configMap));
  const before = data['config.conf'] as string;
  const write = async (text: string): Promise<void> => {
    await withApi(cluster, (api) => api.patch(configMap, { data: { 'config.conf': text } }));
    await replacePodsOn(cluster, node, 'kube-system', 'k8s-app=kube-proxy');
  };
  await write(before.replace(/("mode": *")\w+"/, '$1iptabels"'));
  return once(async () => {
    await write(before);
    await waitForRollout('daemonsets', 'kube-system', 'kube-proxy', cluster);
  });
}
