import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { isFinished } from '../../../../shared/model/pods.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { podsMatching, selectorOf } from '../../../../shared/model/services.ts';
import { compareText } from '../../../../shared/util/text.ts';
import { workloadsMatching } from './workloads-matching.ts';

/** A namespace whose pods carry every label that a Service of another namespace selects. */
export interface Elsewhere {
  readonly namespace: string;
  /** Pods that match, finished ones left out; 0 when only a workload's template does. */
  readonly pods: number;
  /** `Deployment payment`, when one was read. */
  readonly workload: string;
  /** A Service there which selects the same pods. */
  readonly service: Service | undefined;
}

/** Other namespaces in which the selector would match, those with most pods first. Only what was read can be seen. */
export function matchesElsewhere(index: ClusterIndex, own: string, selector: Labels): readonly Elsewhere[] {
  return namespacesSeen(index)
    .filter((namespace) => namespace !== own)
    .flatMap((namespace): readonly Elsewhere[] => {
      const [workload] = workloadsMatching(index, namespace, selector);
      const count = podsMatching(index, namespace, selector).filter((pod) => !isFinished(pod)).length;
      if (count === 0 && workload === undefined) return [];
      const labels = workload?.template?.metadata?.labels ?? selector;
      return [
        {
          namespace,
          pods: count,
          workload: workload === undefined ? '' : `${workload.kind} ${workload.ref.name}`,
          service: index.list('Service', namespace).find((one) => {
            const wanted = selectorOf(one);
            return wanted !== undefined && matchesLabels(wanted, labels);
          }),
        },
      ];
    })
    .sort((a, b) => b.pods - a.pods || compareText(a.namespace, b.namespace));
}

function namespacesSeen(index: ClusterIndex): readonly string[] {
  return index.memo('netsvc/selector/namespaces', () => {
    const owners = [...index.list('Pod'), ...index.list('Deployment'), ...index.list('StatefulSet')];
    return [...new Set(owners.map((one) => one.metadata?.namespace ?? ''))].sort(compareText);
  });
}
