import { readFileSync, writeFileSync } from 'node:fs';
import { KubeApi } from '../../cluster/api.ts';
import { conditionOf } from '../../cluster/conditions.ts';
import { daemons, signalDaemon, startDaemon } from '../../cluster/machine/control.ts';
import { machinePath } from '../../cluster/machine/spec.ts';
import { resolverConfig, resolverDaemon } from '../../cluster/parts/control-plane.ts';
import { readState } from '../../cluster/state.ts';
import { waitFor } from '../../cluster/wait.ts';
import type { TestCluster } from '../cluster.ts';
import { apply } from '../manifests.ts';
import { waitForObject, waitForRollout } from '../states.ts';
import { once, type Undo } from '../undo.ts';
import { replacePods } from './pods.ts';

const configMap = '/api/v1/namespaces/kube-system/configmaps/coredns';
const pods = '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns';
const deployment = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';

async function withApi<Result>({ kubeconfig }: TestCluster, work: (api: KubeApi) => Promise<Result>): Promise<Result> {
  const api = new KubeApi(kubeconfig);
  try {
    return await work(api);
  } finally {
    api.close();
  }
}

/**
 * Another Corefile, made from the present one. The pods are replaced, for CoreDNS
 * keeps its old configuration when it cannot read the new one.
 */
export async function changeCorefile(cluster: TestCluster, change: (corefile: string) => string): Promise<Undo> {
  const before = await withApi(cluster, async (api) => (await api.json('GET', configMap)).data.Corefile as string);
  const write = async (corefile: string): Promise<void> => {
    await withApi(cluster, (api) => api.patch(configMap, { data: { Corefile: corefile } }));
    await replacePods(cluster, 'kube-system', 'k8s-app=kube-dns');
  };
  await write(change(before));
  return once(async () => {
    await write(before);
    await waitForRollout('deployments', 'kube-system', 'coredns', cluster);
  });
}

/** Another Corefile as an editor writes it: the pods run on, and take it over or refuse it when they see it. */
export async function editCorefile(cluster: TestCluster, change: (corefile: string) => string): Promise<Undo> {
  const before = await withApi(cluster, async (api) => (await api.json('GET', configMap)).data.Corefile as string);
  const write = (corefile: string): Promise<unknown> =>
    withApi(cluster, (api) => api.patch(configMap, { data: { Corefile: corefile } }));
  await write(change(before));
  return once(async () => void (await write(before)));
}

/** One more server behind the DNS Service, which has a ConfigMap of its own and knows no Services. */
export async function addOddServer(cluster: TestCluster): Promise<Undo> {
  const [name, namespace] = ['coredns-odd', 'kube-system'];
  const { spec } = await withApi(cluster, (api) => api.json('GET', deployment));
  const { metadata, spec: template } = spec.template;
  const corefile =
    '.:53 {\n    errors\n    ready\n    health\n    prometheus :9153\n    forward . /etc/resolv.conf\n    reload\n}\n';
  const volumes = [{ name: 'config-volume', configMap: { name } }];
  const undo = await apply(
    [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { Corefile: corefile } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, labels: metadata.labels },
        spec: { ...template, volumes },
      },
    ],
    cluster,
  );
  await waitForObject(
    `/api/v1/namespaces/${namespace}/pods/${name}`,
    (pod) => conditionOf(pod, 'Ready') === 'True',
    cluster,
  );
  return undo;
}

/** A Corefile that CoreDNS cannot read: its new pods crash. */
export async function breakCorefile(cluster: TestCluster): Promise<Undo> {
  return await changeCorefile(cluster, (corefile) => corefile.replace('cache 30', 'cahce 30'));
}

export async function scaleCoreDns(cluster: TestCluster, replicas: number): Promise<Undo> {
  const scaleTo = async (count: number): Promise<void> => {
    await withApi(cluster, (api) => api.patch(deployment, { spec: { replicas: count } }));
    await waitForRollout('deployments', 'kube-system', 'coredns', cluster);
    // Pods that are on their way out still answer, and no longer count as replicas.
    await withApi(cluster, (api) =>
      waitFor('old CoreDNS pods to go', async () => (await api.list(pods)).length === count, { timeoutMs: 120_000 }),
    );
  };
  const before = await withApi(cluster, async (api) => (await api.json('GET', deployment)).spec.replicas as number);
  await scaleTo(replicas);
  return once(() => scaleTo(before));
}

export interface ResolverBehaviour {
  readonly mode: 'answer' | 'servfail' | 'refused' | 'silent';
  readonly delayMs?: number;
  readonly records?: Readonly<Record<string, readonly string[]>>;
}

/** The resolver above the cluster answers slowly, wrongly or not at all. CoreDNS caches for 30 s: ask for fresh names (*.example.com). */
export async function changeUpstream(cluster: TestCluster, behaviour: ResolverBehaviour): Promise<Undo> {
  const path = machinePath(cluster.name, 'plane', 'disk', resolverConfig);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(before) as object), ...behaviour }));
  return once(async () => writeFileSync(path, before));
}

/** Nothing listens at the upstream resolver's address: an ICMP error for UDP, a refused connection for TCP. */
export async function killUpstream(cluster: TestCluster): Promise<Undo> {
  const state = readState(cluster.name);
  if (state === undefined) {
    throw new Error(`no cluster ${cluster.name}`);
  }
  await signalDaemon(cluster.name, 'plane', 'resolver', 'SIGKILL');
  await waitFor(
    'the resolver to end',
    async () => (await daemons(cluster.name, 'plane')).running.resolver === undefined,
  );
  return once(() => startDaemon(cluster.name, 'plane', resolverDaemon(state.index)));
}

/** Waits until so many CoreDNS pods are ready. */
export async function waitForCoreDns(cluster: TestCluster, ready: number): Promise<void> {
  await waitForObject(deployment, ({ status }) => (status.readyReplicas ?? 0) === ready, cluster);
}
