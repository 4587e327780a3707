import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { podRangesOf } from '../../../shared/datapath/nodes.ts';
import type { Node } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { podAddresses, podAddressField } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { formatLabels } from '../../../shared/model/selectors.ts';
import { SERVICE_NAME_LABEL, selectorOf } from '../../../shared/model/services.ts';
import { inRange, parseAddress } from '../../../shared/util/addresses.ts';
import { labelDistance } from '../checks/selector/label-distance.ts';
import { asksForLeader } from '../checks/selector/leader-words.ts';
import { allPods } from './read-pods.ts';

/** Workloads whose history of changes is read: the ones that the Service may mean. */
const MAX_CANDIDATES = 3;
/** Hand-made addresses whose pod is asked for: such lists are short, and each costs the server a look at all pods. */
const MAX_HOLDERS = 4;

/** A selector that matches nothing: what else is in the namespace, and whether such pods live in another one. */
export async function readWithoutPods(gatherer: Gatherer, service: Service): Promise<void> {
  const namespace = namespaceOf(service);
  const selector = selectorOf(service) ?? {};
  await Promise.all([
    allPods(gatherer, namespace),
    gatherer.list('ReplicaSet', { namespace }),
    gatherer.list('ReplicationController', { namespace }),
    gatherer.list('Job', { namespace }),
    gatherer.list('CronJob', { namespace }),
    gatherer.list('ScaledObject', { namespace }),
    gatherer.list('ResourceQuota', { namespace }),
    gatherer.list('LimitRange', { namespace }),
    gatherer.list('ServiceAccount', { namespace }),
    readElsewhere(gatherer, service),
    readCandidates(gatherer, service),
    asksForLeader(selector) ? gatherer.list('Lease', { namespace }) : undefined,
  ]);
}

/** Namespaces with such pods in which it is asked whether a Service serves them. */
const MAX_ELSEWHERE = 3;

/** Pods of other namespaces that the selector would match, and the Services beside them. */
async function readElsewhere(gatherer: Gatherer, service: Service): Promise<void> {
  const pods = await gatherer.list('Pod', { labelSelector: formatLabels(selectorOf(service)) });
  const others = new Set(pods.map(namespaceOf).filter((namespace) => namespace !== namespaceOf(service)));
  await Promise.all([...others].slice(0, MAX_ELSEWHERE).map((namespace) => gatherer.list('Service', { namespace })));
}

/** Asked by name, because only then the server's notes on who changed what are kept. */
async function readCandidates(gatherer: Gatherer, service: Service): Promise<void> {
  const namespace = namespaceOf(service);
  const selector = selectorOf(service) ?? {};
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
  const lists = await Promise.all(kinds.map((kind) => gatherer.list(kind, { namespace })));
  const near = lists
    .flatMap((list, at) => list.map((object) => ({ kind: kinds[at] ?? 'Deployment', object, far: distance(object) })))
    .filter(({ far }) => far < 1)
    .sort((a, b) => a.far - b.far)
    .slice(0, MAX_CANDIDATES);
  await Promise.all(near.map(({ kind, object }) => gatherer.get(kind, namespace, nameOf(object))));

  function distance(object: Workload): number {
    return labelDistance(selector, object.spec?.template?.metadata?.labels ?? {});
  }
}

/** Endpoints that somebody else manages: hand-made objects under other names, and pods whose addresses they hold. */
export async function readWithoutSelector(gatherer: Gatherer, service: Service): Promise<void> {
  const namespace = namespaceOf(service);
  const [, slices, pods, nodes] = await Promise.all([
    gatherer.list('Endpoints', { namespace }),
    gatherer.list('EndpointSlice', { namespace }),
    allPods(gatherer, namespace),
    gatherer.list('Node'),
  ]);
  const own = slices.filter((slice) => slice.metadata?.labels?.[SERVICE_NAME_LABEL] === nameOf(service));
  const written = own.flatMap((slice) => (slice.endpoints ?? []).flatMap(({ addresses }) => addresses ?? []));
  await readHolders(gatherer, written, pods, nodes);
}

/** Addresses among those of pods that none of these pods has: the API server tells who has them, if anybody. */
export async function readHolders(
  gatherer: Gatherer,
  addresses: readonly string[],
  pods: readonly Pod[],
  nodes: readonly Node[],
): Promise<void> {
  const known = new Set(pods.flatMap(podAddresses));
  // A pod's first address, the only one that can be asked for, is of the family of its node's first range.
  const ranges = nodes.flatMap((node) => podRangesOf(node).slice(0, 1));
  const foreign = [...new Set(addresses)].filter((address) => {
    const parsed = parseAddress(address);
    return !known.has(address) && parsed !== undefined && ranges.some(({ range }) => inRange(range, parsed));
  });
  await Promise.all(
    foreign.slice(0, MAX_HOLDERS).map((address) => gatherer.list('Pod', { fieldSelector: podAddressField(address) })),
  );
}
