import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import { type OwnedWorkload, workloadsIn } from '../../../../shared/model/owners.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';

/**
 * The workloads of a namespace whose templates carry every label of a selector. One look into a map by label instead of
 * a walk over all workloads, because a sweep asks this for every Service.
 */
export function workloadsMatching(index: ClusterIndex, namespace: string, selector: Labels): readonly OwnedWorkload[] {
  const byLabel = workloadsByLabel(index, namespace);
  let candidates: readonly OwnedWorkload[] | undefined;
  for (const [key, value] of Object.entries(selector)) {
    const list = byLabel.get(`${key}=${value}`) ?? [];
    if (candidates === undefined || list.length < candidates.length) candidates = list;
  }
  return (candidates ?? workloadsIn(index, namespace)).filter(({ template }) =>
    matchesLabels(selector, template?.metadata?.labels),
  );
}

function workloadsByLabel(index: ClusterIndex, namespace: string): ReadonlyMap<string, readonly OwnedWorkload[]> {
  return index.memo(`netsvc/selector/workloads-by-label/${namespace}`, () => {
    const map = new Map<string, OwnedWorkload[]>();
    for (const workload of workloadsIn(index, namespace)) {
      for (const [key, value] of Object.entries(workload.template?.metadata?.labels ?? {})) {
        const list = map.get(`${key}=${value}`);
        if (list === undefined) map.set(`${key}=${value}`, [workload]);
        else list.push(workload);
      }
    }
    return map;
  });
}
