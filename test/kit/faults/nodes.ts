import { KubeApi, type KubeObject } from '../../cluster/api.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';
import { waitForNode } from '../states.ts';
import { once, type Undo } from '../undo.ts';

/**
 * The Node object is deleted and made anew with other ranges, as when a machine joins a second time: a range cannot be
 * changed in place. Its kubelet goes on with the new object; pods there keep their addresses.
 */
export async function rejoinWithRanges(cluster: TestCluster, node: string, ranges: readonly string[]): Promise<Undo> {
  const before = await rejoin(cluster, node, ranges);
  return once(async () => void (await rejoin(cluster, node, before)));
}

/** The ranges that it had. */
async function rejoin(cluster: TestCluster, name: string, ranges: readonly string[]): Promise<readonly string[]> {
  const api = new KubeApi(cluster.kubeconfig);
  const path = `/api/v1/nodes/${name}`;
  try {
    const old = await api.json<KubeObject & { readonly spec: { readonly podCIDRs: readonly string[] } }>('GET', path);
    const { labels, annotations } = old.metadata;
    await api.remove(path);
    await waitFor(`node ${name} to be gone`, async () => (await api.find(path)) === undefined);
    await api.json('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels, annotations },
      spec: { ...old.spec, podCIDR: ranges[0], podCIDRs: ranges },
    });
    await waitForNode(name, true, cluster);
    return old.spec.podCIDRs;
  } finally {
    api.close();
  }
}
