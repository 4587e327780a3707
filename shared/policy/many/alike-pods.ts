import type { Pod } from '../../model/objects-pod.ts';
import { namespaceOrDefault } from '../../model/refs.ts';

/** Pods with equal labels of one namespace; the first stands for all. */
export interface Alike {
  readonly pods: Pod[];
  /** What tells them apart from others beside labels. */
  readonly rest: string;
}

export interface AlikePods<T extends Alike> {
  /** Those that a pod is one of; undefined when it is the first of its kind. */
  find(pod: Pod, rest: string): T | undefined;
  keep(one: T): void;
}

/** Pods of one controller in one namespace: replicas, of which nearly all are alike. */
interface Siblings<T> {
  readonly few: T[];
  /** In place of the list where there are many kinds, as of pods without a controller. */
  byText: Map<string, T> | undefined;
}

/** More kinds than this are looked up by a text of their labels, which costs more for each pod. */
const FEW = 8;

/** An empty collection. Pods of different controllers are never alike, which costs a class of pods, no more. */
export function createAlikePods<T extends Alike>(): AlikePods<T> {
  const bySpace = new Map<string, Map<string, Siblings<T>>>();
  const siblingsOf = (pod: Pod): Siblings<T> => {
    const namespace = namespaceOrDefault(pod);
    let byOwner = bySpace.get(namespace);
    if (byOwner === undefined) {
      byOwner = new Map();
      bySpace.set(namespace, byOwner);
    }
    const owner = pod.metadata?.ownerReferences?.[0]?.name ?? '';
    let siblings = byOwner.get(owner);
    if (siblings === undefined) {
      siblings = { few: [], byText: undefined };
      byOwner.set(owner, siblings);
    }
    return siblings;
  };
  return {
    find: (pod, rest) => {
      const { few, byText } = siblingsOf(pod);
      if (byText !== undefined) return byText.get(textOf(pod, rest));
      for (const one of few) if (one.rest === rest && sameLabels(pod, one.pods[0])) return one;
      return undefined;
    },
    keep: (one) => {
      const [first] = one.pods;
      if (first === undefined) return;
      const siblings = siblingsOf(first);
      if (siblings.byText !== undefined) {
        siblings.byText.set(textOf(first, one.rest), one);
        return;
      }
      siblings.few.push(one);
      if (siblings.few.length > FEW)
        siblings.byText = new Map(siblings.few.map((known) => [textOf(known.pods[0], known.rest), known]));
    },
  };
}

function sameLabels(a: Pod, b: Pod | undefined): boolean {
  const one = a.metadata?.labels;
  const other = b?.metadata?.labels;
  let count = 0;
  for (const key in one) {
    if (other?.[key] !== one[key]) return false;
    count++;
  }
  for (const _ in other) count--;
  return count === 0;
}

/** Labels in the order they stand in, which is the same for replicas; another order costs a class, no more. */
function textOf(pod: Pod | undefined, rest: string): string {
  let key = rest;
  const labels = pod?.metadata?.labels;
  for (const name in labels) key += `\0${name}\0${labels[name]}`;
  return key;
}
