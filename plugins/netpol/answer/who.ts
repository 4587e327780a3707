import type { Pod } from '../../../shared/model/objects-pod.ts';
import { formatRef, type Ref, refKey } from '../../../shared/model/refs.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { type AddressRange, toCidrs } from '../../../shared/util/addresses.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { type PeerValue, rangesWords, refValue } from './end-values.ts';

/** Some pods and addresses as people name them, and as the JSON does. */
export interface Who {
  readonly words: readonly string[];
  readonly values: readonly PeerValue[];
}

/**
 * The fewest names for some pods and addresses: anyone in the cluster, whole namespaces, workloads, and pods only where a
 * workload is split. `but` are the pods that were asked about and are not counted.
 */
export function whoOf(
  model: PolicyModel,
  pods: readonly Pod[],
  ranges: readonly AddressRange[],
  but: ReadonlySet<Pod>,
): Who {
  const outside = ranges.length === 0 ? [] : [rangesWords(ranges)];
  const cidrs = ranges.flatMap(toCidrs).map((cidr) => ({ cidr }));
  const { total, byNamespace, byWorkload } = countsOf(model, but);
  const workloads = groupBy(pods, (pod) => model.workloadOf(pod));
  const values = [...workloads.values()].map(({ ref }) => refValue(ref));
  if (pods.length > 1 && pods.length === total) {
    return { words: [`anyone in the cluster (${plural(total, 'pod')})`, ...outside], values: [...values, ...cidrs] };
  }
  const words: string[] = [];
  const whole = new Set<string>();
  for (const [namespace, list] of groupNamespaces(pods)) {
    const kinds = new Set(list.map((pod) => refKey(model.workloadOf(pod)))).size;
    if (list.length !== byNamespace.get(namespace) || kinds < 2) continue;
    whole.add(namespace);
    words.push(`namespace ${namespace} (all ${plural(list.length, 'pod')})`);
  }
  for (const { ref, pods: list } of workloads.values()) {
    if (whole.has(ref.namespace ?? '')) continue;
    const all = byWorkload.get(refKey(ref)) ?? list.length;
    if (list.length === all) words.push(formatRef(ref));
    else words.push(`${list.length} of ${all} pods of ${formatRef(ref)} (${joinNames(list.map(nameOfPod), 2)})`);
  }
  return { words: [...words, ...outside], values: [...values, ...cidrs] };
}

interface Counts {
  readonly total: number;
  readonly byNamespace: ReadonlyMap<string, number>;
  readonly byWorkload: ReadonlyMap<string, number>;
}

function countsOf(model: PolicyModel, but: ReadonlySet<Pod>): Counts {
  const byNamespace = new Map<string, number>();
  const byWorkload = new Map<string, number>();
  let total = 0;
  for (const pod of model.pods) {
    if (but.has(pod)) continue;
    total++;
    count(byNamespace, pod.metadata?.namespace || 'default');
    count(byWorkload, refKey(model.workloadOf(pod)));
  }
  return { total, byNamespace, byWorkload };
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function groupBy(
  pods: readonly Pod[],
  refOf: (pod: Pod) => Ref,
): ReadonlyMap<string, { readonly ref: Ref; readonly pods: readonly Pod[] }> {
  const groups = new Map<string, { readonly ref: Ref; readonly pods: Pod[] }>();
  for (const pod of pods) {
    const ref = refOf(pod);
    const known = groups.get(refKey(ref));
    if (known === undefined) groups.set(refKey(ref), { ref, pods: [pod] });
    else known.pods.push(pod);
  }
  return groups;
}

function groupNamespaces(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const namespace = pod.metadata?.namespace || 'default';
    const list = groups.get(namespace) ?? [];
    groups.set(namespace, list);
    list.push(pod);
  }
  return groups;
}

function nameOfPod({ metadata }: Pod): string {
  return metadata?.name ?? '';
}
