import { KubeApi } from '../../cluster/api.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';

/** Deletes pods with these labels (on one node, if given) and waits until they are gone; their owner makes new ones. */
async function replace(cluster: TestCluster, query: string, namespace: string): Promise<void> {
  const api = new KubeApi(cluster.kubeconfig);
  const base = `/api/v1/namespaces/${namespace}/pods`;
  try {
    const old = await api.list(`${base}?${query}`);
    for (const pod of old) {
      await api.remove(`${base}/${pod.metadata.name}`, { gracePeriodSeconds: 1 });
    }
    for (const pod of old) {
      const gone = async (): Promise<boolean> => {
        const now = await api.find(`${base}/${pod.metadata.name}`);
        return now === undefined || now.metadata.uid !== pod.metadata.uid;
      };
      await waitFor(`pod ${pod.metadata.name} to go`, gone);
    }
  } finally {
    api.close();
  }
}

export async function replacePods(cluster: TestCluster, namespace: string, selector: string): Promise<void> {
  await replace(cluster, `labelSelector=${encodeURIComponent(selector)}`, namespace);
}

export async function replacePodsOn(
  cluster: TestCluster,
  node: string,
  namespace: string,
  selector: string,
): Promise<void> {
  const query = `labelSelector=${encodeURIComponent(selector)}&fieldSelector=spec.nodeName=${node}`;
  await replace(cluster, query, namespace);
}
