import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { controllerOf } from '../../../../shared/model/owners.ts';
import { isFinished, isReady, isTerminating, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { compareText } from '../../../../shared/util/text.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';

/** A node as a place from which requests come. */
export interface Place {
  readonly name: string;
  /** Empty when the node carries no zone label. */
  readonly zone: string;
  /** Ready endpoints of the Service on this node. */
  readonly endpoints: number;
  /** Pods of the Service's namespace on this node that do not stand behind the Service: likely callers. */
  readonly callers: readonly string[];
  readonly node: Node | undefined;
}

/**
 * The nodes on which requests to a Service may start, by name: those where pods can run, and those where pods do run.
 * Nodes that were not read are known by their pods only.
 */
export function placesOf(index: ClusterIndex, subject: ServiceSubject): readonly Place[] {
  const nodes = new Map<string, Node | undefined>();
  for (const node of index.list('Node')) if (isOpen(node)) nodes.set(nameOf(node), node);
  if (index.seen('Node').status !== 'ok') for (const name of nodesOfPods(index)) nodes.set(name, undefined);
  const callers = callersByNode(index, subject);
  for (const name of callers.keys()) if (!nodes.has(name)) nodes.set(name, index.get('Node', undefined, name));
  const ready = readyByNode(index, subject);
  for (const name of ready.keys()) if (!nodes.has(name)) nodes.set(name, index.get('Node', undefined, name));
  return [...nodes]
    .map(([name, node]) => ({
      name,
      zone: node === undefined ? '' : zoneOf(node),
      endpoints: ready.get(name) ?? 0,
      callers: callers.get(name) ?? [],
      node,
    }))
    .sort((a, b) => compareText(a.name, b.name));
}

/** What keeps ordinary pods from the nodes of the control plane, where DNS servers and the like may run. */
const CLOSED = /node-role\.kubernetes\.io\/|CriticalAddonsOnly/;

/** Nodes that hold ordinary pods of any namespace: agents and static pods run on those that are closed to others too. */
function nodesOfPods(index: ClusterIndex): readonly string[] {
  const ordinary = index.list('Pod').filter((pod) => {
    const owner = controllerOf(pod)?.kind;
    const anywhere = (pod.spec?.tolerations ?? []).some(({ key = '' }) => key === '' || CLOSED.test(key));
    return owner !== undefined && owner !== 'DaemonSet' && owner !== 'Node' && !anywhere && !isFinished(pod);
  });
  return ordinary.flatMap(({ spec }) => spec?.nodeName ?? []);
}

/** The zone label, in its present or its old form. */
export function zoneOf(node: Node): string {
  const labels = node.metadata?.labels ?? {};
  return labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
}

/** Ready, not cordoned and without a taint that keeps ordinary pods away. */
function isOpen(node: Node): boolean {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
  const closed = (node.spec?.taints ?? []).some(
    (taint) => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute',
  );
  return ready !== 'False' && ready !== 'Unknown' && node.spec?.unschedulable !== true && !closed;
}

function callersByNode(index: ClusterIndex, subject: ServiceSubject): ReadonlyMap<string, readonly string[]> {
  const own = new Set(subjectPods(index, subject).map(podKey));
  const map = new Map<string, string[]>();
  for (const pod of index.list('Pod', subject.namespace)) {
    const node = pod.spec?.nodeName;
    if (node === undefined || own.has(podKey(pod)) || isFinished(pod) || namespaceOf(pod) !== subject.namespace)
      continue;
    const list = map.get(node);
    if (list === undefined) map.set(node, [nameOf(pod)]);
    else list.push(nameOf(pod));
  }
  return map;
}

function readyByNode(index: ClusterIndex, subject: ServiceSubject): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  const add = (node: string | undefined): void => {
    if (node !== undefined) map.set(node, (map.get(node) ?? 0) + 1);
  };
  if (slicesSeen(index, subject)) {
    for (const row of endpointRows(index, subject.service))
      if (row.ready) add(row.endpoint.nodeName ?? row.pod?.spec?.nodeName);
  } else {
    for (const pod of subjectPods(index, subject)) if (isReady(pod) && !isTerminating(pod)) add(pod.spec?.nodeName);
  }
  return map;
}

/** Whether anything tells on which nodes the endpoints are: slices, or the pods that would be in them. */
export function placesSeen(index: ClusterIndex, subject: ServiceSubject): boolean {
  if (slicesSeen(index, subject)) return true;
  return subject.selector !== undefined && index.seen('Pod', subject.namespace).status === 'ok';
}

/** Why it is not known which nodes there are; undefined when it is. */
export function unreadNodes(index: ClusterIndex): string | undefined {
  const { status, reason } = index.seen('Node');
  return status === 'ok' ? undefined : reason;
}

/** Where the places of endpoints were read. */
export function placesSource(index: ClusterIndex, subject: ServiceSubject): string {
  return `${slicesSeen(index, subject) ? 'EndpointSlices' : 'ready pods'}, by nodeName`;
}

function slicesSeen(index: ClusterIndex, subject: ServiceSubject): boolean {
  return index.seen('EndpointSlice', subject.namespace).status === 'ok';
}

/** The caller's pod, when it is named and was read. */
export function callerPod(
  index: ClusterIndex,
  from: { readonly namespace: string; readonly pod: string } | undefined,
): Pod | undefined {
  return from === undefined ? undefined : index.get('Pod', from.namespace, from.pod);
}

/** `node2 (zone-b)`. */
export function placeName(place: Place): string {
  return place.zone === '' ? place.name : `${place.name} (${place.zone})`;
}
