import { KubeApi, type KubeObject } from '../cluster/api.ts';
import { conditionOf } from '../cluster/conditions.ts';
import { type WaitOptions, waitFor } from '../cluster/wait.ts';

interface Cluster {
  readonly kubeconfig: string;
}

const patience: WaitOptions = { timeoutMs: 120_000, intervalMs: 300 };

async function withApi<Result>({ kubeconfig }: Cluster, work: (api: KubeApi) => Promise<Result>): Promise<Result> {
  const api = new KubeApi(kubeconfig);
  try {
    return await work(api);
  } finally {
    api.close();
  }
}

/** Waits until an object of this path satisfies the predicate, and returns it. */
export async function waitForObject(
  path: string,
  holds: (object: KubeObject) => boolean,
  cluster: Cluster,
  options: WaitOptions = patience,
): Promise<KubeObject> {
  return await withApi(cluster, (api) =>
    waitFor(
      `a state of ${path}`,
      async () => {
        const object = await api.find(path);
        return object !== undefined && holds(object) ? object : undefined;
      },
      options,
    ),
  );
}

/** Waits until there are pods with these labels and all of them are Ready (and none is on its way out). */
export async function waitForPods(
  namespace: string,
  selector: string,
  cluster: Cluster,
  options: WaitOptions = patience,
): Promise<readonly KubeObject[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  return await withApi(cluster, (api) =>
    waitFor(
      `pods ${selector} in ${namespace} to be Ready`,
      async () => {
        const pods = await api.list(path);
        const settled = pods.every((pod) => conditionOf(pod, 'Ready') === 'True' && !pod.metadata.deletionTimestamp);
        return pods.length > 0 && settled ? pods : undefined;
      },
      options,
    ),
  );
}

/** Waits until a Service has this many ready endpoints in its slices. */
export async function waitForEndpoints(
  namespace: string,
  service: string,
  count: number,
  cluster: Cluster,
  options: WaitOptions = patience,
): Promise<void> {
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`;
  interface Endpoint {
    readonly conditions: { readonly ready?: boolean };
  }
  await withApi(cluster, (api) =>
    waitFor(
      `${count} ready endpoints of ${namespace}/${service}`,
      async () => {
        const slices = await api.list(path);
        const endpoints = slices.flatMap((slice) => (slice.endpoints ?? []) as readonly Endpoint[]);
        return endpoints.filter(({ conditions }) => conditions.ready).length === count;
      },
      options,
    ),
  );
}

/** Waits until a rollout is complete: all replicas new, Ready, and no old one left. */
export async function waitForRollout(
  kind: 'deployments' | 'daemonsets' | 'statefulsets',
  namespace: string,
  name: string,
  cluster: Cluster,
  options: WaitOptions = patience,
): Promise<void> {
  await waitForObject(
    `/apis/apps/v1/namespaces/${namespace}/${kind}/${name}`,
    ({ metadata, spec, status }) => {
      if (status.observedGeneration !== metadata.generation) {
        return false;
      }
      if (kind === 'daemonsets') {
        const wanted = status.desiredNumberScheduled;
        return status.numberReady === wanted && (status.updatedNumberScheduled ?? 0) === wanted;
      }
      const wanted = spec.replicas ?? 1;
      const ready = (status.readyReplicas ?? 0) === wanted && (status.updatedReplicas ?? 0) === wanted;
      return ready && (status.replicas ?? 0) === wanted;
    },
    cluster,
    options,
  );
}

export async function waitForNode(node: string, ready: boolean, cluster: Cluster): Promise<void> {
  const holds = (object: KubeObject): boolean => (conditionOf(object, 'Ready') === 'True') === ready;
  await waitForObject(`/api/v1/nodes/${node}`, holds, cluster);
}
