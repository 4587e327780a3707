import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isFinished } from '../../../shared/model/pods.ts';

/** The pods of a node that have, or are to get, addresses of the pod network. */
export function podsOn(index: ClusterIndex, node: string | undefined): readonly Pod[] {
  return index
    .list('Pod')
    .filter((pod) => pod.spec?.nodeName === node && pod.spec?.hostNetwork !== true && !isFinished(pod));
}
