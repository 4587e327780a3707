import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { EndpointSlice } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { readSickAgents, readSystemPods } from './read-agents.ts';
import { podsOfSmallNamespace } from './read-pods.ts';
import { slicesOf } from './slices-of.ts';

/** Events of a namespace that are read at most; the server keeps them for an hour, and a crash loop writes many. */
const MAX_EVENTS = 2000;

/** The small kinds of a namespace that any Service of it may depend on. */
export async function readNamespace(gatherer: Gatherer, namespace: string): Promise<void> {
  await Promise.all([
    gatherer.get('Namespace', undefined, namespace),
    podsOfSmallNamespace(gatherer, namespace),
    gatherer.list('NetworkPolicy', { namespace }),
    gatherer.list('Ingress', { namespace }),
    readWorkloads(gatherer, 'Deployment', namespace),
    readWorkloads(gatherer, 'StatefulSet', namespace),
    readDaemonSets(gatherer, namespace),
    namespaceEvents(gatherer, namespace),
    gatherer.list('ServiceCIDR'),
    readClusterServices(gatherer),
    readRarePolicies(gatherer, namespace),
  ]);
}

/** Workloads that are asked for by name at most. */
const MAX_LATE = 3;

/** Those on whose present form no controller has acted yet by name as well: only then it is told when they changed. */
async function readWorkloads(gatherer: Gatherer, kind: 'Deployment' | 'StatefulSet', namespace: string): Promise<void> {
  const all = await gatherer.list(kind, { namespace });
  const late = all.filter(
    ({ metadata, status }) => (status?.observedGeneration ?? Infinity) < (metadata?.generation ?? 0),
  );
  await Promise.all(late.slice(0, MAX_LATE).map((one) => gatherer.get(kind, namespace, nameOf(one))));
}

/** The events of a namespace, as many as are read. */
export function namespaceEvents(gatherer: Gatherer, namespace: string): Promise<readonly KubeObject[]> {
  return gatherer.list('Event', { namespace, max: MAX_EVENTS });
}

/** Pods whose events are asked for by name at most. */
const MAX_NAMED = 5;

/** Where a namespace has more events than are read, those of pods that are not ready are asked for by name. */
export async function eventsOfPods(gatherer: Gatherer, namespace: string, pods: readonly Pod[]): Promise<void> {
  const all = await gatherer.tryList('Event', { namespace, max: MAX_EVENTS });
  if (all.status !== 'ok' || all.truncated !== true) return;
  await Promise.all(
    pods
      .filter((pod) => !isReady(pod))
      .slice(0, MAX_NAMED)
      .map((pod) => gatherer.list('Event', { namespace, fieldSelector: `involvedObject.name=${nameOf(pod)}` })),
  );
}

/** Of all namespaces when allowed: few in number, and they tell the network plugin and kube-proxy. */
async function readDaemonSets(gatherer: Gatherer, namespace: string): Promise<void> {
  const all = await gatherer.tryList('DaemonSet');
  if (all.status !== 'ok') await gatherer.list('DaemonSet', { namespace });
  else await readSickAgents(gatherer, all.value);
}

export const DNS_SERVERS = { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' };

/** The cluster's DNS, on which every name depends; its pods only where it is not all well. */
async function readClusterServices(gatherer: Gatherer): Promise<void> {
  const { namespace } = DNS_SERVERS;
  const [deployments, service, slices] = await Promise.all([
    gatherer.list('Deployment', DNS_SERVERS),
    gatherer.get('Service', namespace, 'kube-dns'),
    gatherer.list('EndpointSlice', slicesOf(namespace, 'kube-dns')),
  ]);
  // Servers that are ready behind a Service that finds none of them are told by the labels that differ.
  const lost = service !== undefined && slices.length > 0 && !slices.some(hasReadyEndpoint);
  if (deployments.length > 0 && deployments.every(isFullyReady) && !lost) return;
  await readSystemPods(gatherer, await dnsPods(gatherer));
}

/** The pods of the cluster's DNS servers. */
export function dnsPods(gatherer: Gatherer): Promise<readonly Pod[]> {
  return gatherer.list('Pod', DNS_SERVERS);
}

function hasReadyEndpoint({ endpoints }: EndpointSlice): boolean {
  return (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false);
}

function isFullyReady({ spec, status }: Workload): boolean {
  const wanted = spec?.replicas ?? 1;
  return wanted > 0 && (status?.readyReplicas ?? 0) >= wanted;
}

/** Policies of other families: absent in most clusters, which the server answers at once. */
async function readRarePolicies(gatherer: Gatherer, namespace: string): Promise<void> {
  await Promise.all([
    gatherer.list('AdminNetworkPolicy'),
    gatherer.list('BaselineAdminNetworkPolicy'),
    gatherer.list('ClusterNetworkPolicy'),
    gatherer.list('CalicoNetworkPolicy', { namespace }),
    gatherer.list('CalicoGlobalNetworkPolicy'),
    gatherer.list('CiliumNetworkPolicy', { namespace }),
    gatherer.list('CiliumClusterwideNetworkPolicy'),
  ]);
}
