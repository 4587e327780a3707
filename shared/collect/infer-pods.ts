import type { KindName } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import type { EndpointSlice, Endpoints } from '../model/objects-network.ts';
import type { Workload } from '../model/objects-workload.ts';
import { isControllerSlice } from '../model/services.ts';
import type { Coverage } from '../model/snapshot.ts';

type Objects = ReadonlyMap<KindName, ReadonlyMap<string, KubeObject>>;

/** Where a controller keeps count of the pods it has. */
export const COUNTS: Readonly<
  Partial<Record<KindName, (status: NonNullable<Workload['status']>) => number | undefined>>
> = {
  Deployment: (status) => status.replicas,
  ReplicaSet: (status) => status.replicas,
  ReplicationController: (status) => status.replicas,
  StatefulSet: (status) => status.replicas,
  DaemonSet: (status) => status.currentNumberScheduled,
  Job: (status) => status.active,
};

interface Witness {
  /** A controller counts no pods, or an EndpointSlice of the controller is empty. */
  none: boolean;
  /** A controller counts pods, or an endpoint stands for one: there are pods, and they were not read. */
  some: boolean;
}

/**
 * `kubectl get pods,services,… -o yaml` prints one list, and a kind without objects leaves no trace in it. That a namespace
 * has no pods is still proven when its controllers say so: they count none and the EndpointSlices are empty. One
 * controller that counts a pod, or one endpoint that stands for one, and nothing is concluded.
 */
export function inferPods(objects: Objects, known: readonly Coverage[]): readonly Coverage[] {
  const asked = new Set(known.filter((entry) => entry.kind === 'Pod').map((entry) => entry.namespace));
  if (asked.has('*')) return [];
  const witnesses = new Map<string, Witness>();
  const of = (object: KubeObject): Witness => {
    const namespace = object.metadata?.namespace ?? '';
    let witness = witnesses.get(namespace);
    if (witness === undefined) {
      witness = { none: false, some: false };
      witnesses.set(namespace, witness);
    }
    return witness;
  };
  for (const [kind, count] of Object.entries(COUNTS)) {
    for (const object of objects.get(kind as KindName)?.values() ?? []) hearController(object, count, of(object));
  }
  for (const object of objects.get('EndpointSlice')?.values() ?? []) hearSlice(object, of(object));
  for (const object of objects.get('Endpoints')?.values() ?? []) {
    const { subsets } = object as Endpoints;
    const addresses = (subsets ?? []).flatMap((set) => [...(set.addresses ?? []), ...(set.notReadyAddresses ?? [])]);
    if (addresses.some((address) => address.targetRef?.kind === 'Pod')) of(object).some = true;
  }
  return [...witnesses]
    .filter(([namespace, { none, some }]) => none && !some && !asked.has(namespace))
    .map(([namespace]) => ({ kind: 'Pod', namespace, status: 'ok' }));
}

function hearController(
  object: Workload,
  count: (status: NonNullable<Workload['status']>) => number | undefined,
  witness: Witness,
): void {
  // A manifest that was never applied counts nothing.
  if (object.status === undefined || object.metadata?.uid === undefined) return;
  if ((count(object.status) ?? 0) > 0) witness.some = true;
  else witness.none = true;
}

function hearSlice(object: EndpointSlice, witness: Witness): void {
  const endpoints = object.endpoints ?? [];
  if (endpoints.some((endpoint) => endpoint.targetRef?.kind === 'Pod')) witness.some = true;
  if (isControllerSlice(object) && endpoints.length === 0) witness.none = true;
}
