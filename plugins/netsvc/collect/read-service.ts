import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Labels } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isFinished, isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { formatLabels } from '../../../shared/model/selectors.ts';
import { isControllerSlice, selectorOf } from '../../../shared/model/services.ts';
import { readAlias } from './read-alias.ts';
import { readAwaited } from './read-awaited.ts';
import { readConfigMaps } from './read-config-maps.ts';
import { readIngresses, readRoutes } from './read-ingresses.ts';
import { readLogs } from './read-logs.ts';
import { readMissing } from './read-missing.ts';
import { eventsOfPods } from './read-namespace.ts';
import { readNodes } from './read-nodes.ts';
import { readJobs, readLeases, readPodStorage, readQuotas } from './read-pod-needs.ts';
import { allPods, podsWithLabels } from './read-pods.ts';
import { readPolicyPeers } from './read-policy-peers.ts';
import { readPreemptors } from './read-preemptors.ts';
import { readHolders, readWithoutPods, readWithoutSelector } from './read-without-pods.ts';
import { slicesOf } from './slices-of.ts';

/**
 * Everything behind one Service: its endpoints, its pods, what they stand on, and what they wrote when they failed; with
 * `deep` also what they write while they are well.
 */
export async function readService(gatherer: Gatherer, service: Service, deep = true): Promise<void> {
  const selector = selectorOf(service);
  await Promise.all([
    readSlices(gatherer, service),
    selector === undefined ? readUnselected(gatherer, service) : readSelected(gatherer, service, selector, deep),
    readIngresses(gatherer, service),
    readRoutes(gatherer, namespaceOf(service)),
    readLoadBalancer(gatherer, service),
  ]);
}

/** An alias is read together with the Service that it leads to, whose fault is its own. */
async function readUnselected(gatherer: Gatherer, service: Service): Promise<void> {
  if (service.spec?.type !== 'ExternalName') return readWithoutSelector(gatherer, service);
  const target = await readAlias(gatherer, service);
  if (target !== undefined) await readService(gatherer, target);
}

async function readSelected(gatherer: Gatherer, service: Service, selector: Labels, deep: boolean): Promise<void> {
  const namespace = namespaceOf(service);
  const labelSelector = formatLabels(selector);
  const beside = Promise.all([
    gatherer.list('ReplicaSet', { namespace, labelSelector }),
    gatherer.list('PodMetrics', { namespace, labelSelector }),
  ]);
  // What else is needed depends on the pods alone.
  beside.catch(() => undefined);
  const pods = await podsWithLabels(gatherer, namespace, selector);
  const live = pods.filter((pod) => !isFinished(pod));
  await Promise.all([
    beside,
    live.length === 0 ? readWithoutPods(gatherer, service) : undefined,
    readPlaces(gatherer, service, live),
    readLogs(gatherer, service, live, deep).then((logs) =>
      Promise.all([readAwaited(gatherer, service, live, logs), readJobs(gatherer, namespace, live, logs)]),
    ),
    readPodStorage(gatherer, live),
    eventsOfPods(gatherer, namespace, live),
    readQuotas(gatherer, namespace, live),
    readLeases(gatherer, live),
    readPreemptors(gatherer, namespace, live),
    readConfigMaps(gatherer, live),
    readMissing(gatherer, live),
    readPolicyPeers(gatherer, namespace, live),
    readStrayPods(gatherer, service, live),
  ]);
}

/** The old Endpoints object holds 1,000 addresses and says so when there are more. */
async function readSlices(gatherer: Gatherer, service: Service): Promise<void> {
  const slices = await gatherer.list('EndpointSlice', slicesOf(namespaceOf(service), nameOf(service)));
  const count = slices.reduce((sum, slice) => sum + (slice.endpoints ?? []).length, 0);
  if (count >= 1000) await gatherer.get('Endpoints', namespaceOf(service), nameOf(service));
}

/** Where slices and pods disagree, all pods of the namespace: only then it can be said that one is gone. */
async function readStrayPods(gatherer: Gatherer, service: Service, pods: readonly Pod[]): Promise<void> {
  const slices = await gatherer.list('EndpointSlice', slicesOf(namespaceOf(service), nameOf(service)));
  const held = new Set(
    slices.flatMap((slice) =>
      (slice.endpoints ?? []).flatMap(({ targetRef }) => (targetRef?.kind === 'Pod' ? (targetRef.name ?? '') : [])),
    ),
  );
  // Addresses beside those of the controller: whether a pod has them.
  const added = slices.filter((slice) => !isControllerSlice(slice)).flatMap(({ endpoints }) => endpoints ?? []);
  if (added.length > 0) {
    const written = added.flatMap(({ addresses }) => addresses ?? []);
    await readHolders(gatherer, written, pods, await gatherer.list('Node'));
  }
  const known = new Set(pods.map(nameOf));
  const agree =
    [...held].every((name) => known.has(name)) && pods.every((pod) => !isReady(pod) || held.has(nameOf(pod)));
  if (!agree) await allPods(gatherer, namespaceOf(service));
}

function nodesOf(pods: readonly Pod[]): readonly string[] {
  return pods.flatMap((pod) => pod.spec?.nodeName ?? []);
}

/** The nodes; where one is cordoned, also what may hold up its drain. */
async function readPlaces(gatherer: Gatherer, service: Service, pods: readonly Pod[]): Promise<void> {
  const nodes = await readNodes(gatherer, nodesOf(pods), dependsOnPlace(service));
  if (nodes.some(({ spec }) => spec?.unschedulable === true))
    await gatherer.list('PodDisruptionBudget', { namespace: namespaceOf(service) });
}

/** Whether a request's fate depends on the node or zone where it arrives: then every node counts. */
function dependsOnPlace(service: Service): boolean {
  const { spec, metadata } = service;
  return (
    spec?.internalTrafficPolicy === 'Local' ||
    spec?.externalTrafficPolicy === 'Local' ||
    spec?.trafficDistribution !== undefined ||
    spec?.type === 'LoadBalancer' ||
    (spec?.externalIPs ?? []).length > 0 ||
    Object.keys(metadata?.annotations ?? {}).some((key) => key.startsWith('service.kubernetes.io/topology'))
  );
}

/** A load balancer without an address: who would give it one is seen in the workloads of all namespaces. */
async function readLoadBalancer(gatherer: Gatherer, service: Service): Promise<void> {
  if (service.spec?.type !== 'LoadBalancer') return;
  if ((service.status?.loadBalancer?.ingress ?? []).length > 0) return;
  await Promise.all([gatherer.list('Deployment'), gatherer.list('DaemonSet')]);
}
