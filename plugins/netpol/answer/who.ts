import type { Pod } from '../../../shared/model/objects-pod.ts';
import { formatRef, namespaceOrDefault, type Ref, refKey } from '../../../shared/model/refs.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { type AddressRange, toCidrs } from '../../../shared/util/addresses.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { type PeerValue, rangesWords, refValue } from './end-values.ts';
import { type Part, partWords } from './part-words.ts';

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
  const { total, byNamespace, byWorkload, ofPod } = countsOf(model, but);
  const workloads = groupBy(pods, ofPod);
  const values = [...workloads.values()].map(({ ref }) => refValue(ref));
  if (pods.length > 1 && pods.length === total) {
    return { words: [`anyone in the cluster (${plural(total, 'pod')})`, ...outside], values: [...values, ...cidrs] };
  }
  const words: string[] = [];
  const whole = new Set<string>();
  for (const [namespace, list] of groupNamespaces(pods)) {
    const kinds = new Set(list.map((pod) => ofPod.get(pod)?.key)).size;
    if (list.length !== byNamespace.get(namespace) || kinds < 2) continue;
    whole.add(namespace);
    words.push(`namespace ${namespace} (all ${plural(list.length, 'pod')})`);
  }
  const many: Part[] = [];
  for (const { ref, pods: list } of workloads.values()) {
    if (whole.has(ref.namespace ?? '')) continue;
    const all = byWorkload.get(refKey(ref)) ?? list.length;
    if (list.length === all) many.push({ words: formatRef(ref), pods: list });
    else {
      const some = `${list.length} of ${all} pods of ${formatRef(ref)} (${joinNames(list.map(nameOfPod), 2)})`;
      many.push({ words: some, pods: list });
    }
  }
  words.push(...partWords(many));
  return { words: [...words, ...outside], values: [...values, ...cidrs] };
}

interface Counts {
  readonly total: number;
  readonly byNamespace: ReadonlyMap<string, number>;
  readonly byWorkload: ReadonlyMap<string, number>;
  readonly ofPod: ReadonlyMap<Pod, Keyed>;
}

interface Keyed {
  readonly ref: Ref;
  readonly key: string;
}

/** Counted once for an answer: `but` is the same object for all of its groups. */
function countsOf(model: PolicyModel, but: ReadonlySet<Pod>): Counts {
  const known = model.memo('netpol/who-counts', () => new WeakMap<ReadonlySet<Pod>, Counts>());
  let counts = known.get(but);
  if (counts === undefined) {
    counts = countAll(model, but);
    known.set(but, counts);
  }
  return counts;
}

function countAll(model: PolicyModel, but: ReadonlySet<Pod>): Counts {
  const byNamespace = new Map<string, number>();
  const byWorkload = new Map<string, number>();
  const ofPod = new Map<Pod, Keyed>();
  let total = 0;
  for (const pod of model.pods) {
    const ref = model.workloadOf(pod);
    const key = refKey(ref);
    ofPod.set(pod, { ref, key });
    if (but.has(pod)) continue;
    total++;
    count(byNamespace, namespaceOrDefault(pod));
    count(byWorkload, key);
  }
  return { total, byNamespace, byWorkload, ofPod };
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function groupBy(
  pods: readonly Pod[],
  ofPod: ReadonlyMap<Pod, Keyed>,
): ReadonlyMap<string, { readonly ref: Ref; readonly pods: readonly Pod[] }> {
  const groups = new Map<string, { readonly ref: Ref; readonly pods: Pod[] }>();
  for (const pod of pods) {
    const keyed = ofPod.get(pod);
    if (keyed === undefined) continue;
    const known = groups.get(keyed.key);
    if (known === undefined) groups.set(keyed.key, { ref: keyed.ref, pods: [pod] });
    else known.pods.push(pod);
  }
  return groups;
}

function groupNamespaces(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const namespace = namespaceOrDefault(pod);
    const list = groups.get(namespace) ?? [];
    groups.set(namespace, list);
    list.push(pod);
  }
  return groups;
}

function nameOfPod({ metadata }: Pod): string {
  return metadata?.name ?? '';
}
