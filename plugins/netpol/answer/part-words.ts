import type { Pod } from '../../../shared/model/objects-pod.ts';
import { namespaceOrDefault } from '../../../shared/model/refs.ts';
import { plural } from '../../../shared/util/text.ts';

/** Pods that go by one name, such as those of a workload. */
export interface Part {
  readonly words: string;
  readonly pods: readonly Pod[];
}

/**
 * The names of some parts, in their order. The static pods of the nodes, which are a workload each, are told together by
 * their namespace: `12 static pods of kube-system`.
 */
export function partWords(parts: readonly Part[]): readonly string[] {
  const places = parts.map(({ pods }) => staticIn(pods));
  return parts.flatMap(({ words }, at) => {
    const place = places[at];
    const alike = place === undefined ? 0 : places.filter((other) => other === place).length;
    if (alike < 2) return [words];
    return places.indexOf(place) === at ? [`${plural(alike, 'static pod')} of ${place}`] : [];
  });
}

/** The namespace of a static pod, which the kubelet owns and not a controller (Pod, "static pods": the owner is the Node). */
function staticIn(pods: readonly Pod[]): string | undefined {
  const [pod, ...more] = pods;
  const owner = pod?.metadata?.ownerReferences?.find(({ controller }) => controller === true);
  return pod !== undefined && more.length === 0 && owner?.kind === 'Node' ? namespaceOrDefault(pod) : undefined;
}
