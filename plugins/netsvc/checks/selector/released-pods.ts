import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, isTerminating, podKey } from '../../../../shared/model/pods.ts';
import { formatLabels, matchesLabels, matchesSelector } from '../../../../shared/model/selectors.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { labelDifferences } from './label-distance.ts';
import { SELECTOR_USES } from './selector-uses.ts';
import { wasReleased } from './workload-pods.ts';

/** A note on pods that were taken out of their ReplicaSet by hand and run on, selected or not. */
export const releasedPods = defineCheck<ServiceSubject>({
  id: 'netsvc/released-pods',
  group: 'selector',
  needs: ['Pod'],
  uses: SELECTOR_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const selector = subject.selector ?? {};
    if (releasedIn(index, subject.namespace).length === 0) return [];
    const prefixes = new Set(
      subjectPods(index, subject).flatMap((pod) => (wasReleased(pod) ? [] : [pod.metadata?.generateName ?? ''])),
    );
    return releasedIn(index, subject.namespace).flatMap((pod) => {
      const rotating = matchesLabels(selector, pod.metadata?.labels);
      const prefix = pod.metadata?.generateName ?? '';
      // Pods of other apps are none of this Service's business.
      if (!rotating && !prefixes.has(prefix)) return [];
      const set = index.get('ReplicaSet', subject.namespace, prefix.slice(0, -1));
      const own = set?.spec?.selector;
      const lost = labelDifferences(own?.matchLabels ?? {}, pod.metadata?.labels ?? {}).map(({ key }) => key);
      // One that would match again is adopted again within moments.
      if (own !== undefined && matchesSelector(own, pod.metadata?.labels)) return [];
      return [
        selectorMessages.SVC111.raise({
          subject: { kind: 'Pod', namespace: subject.namespace, name: pod.metadata?.name ?? '' },
          args: {
            service: `${subject.namespace}/${subject.name}`,
            pods: `Pod ${pod.metadata?.name ?? ''}`,
            from: `ReplicaSet ${prefix.slice(0, -1)}`,
            rotating,
          },
          evidence: [
            {
              fact: `carries ${formatLabels(pod.metadata?.labels)}${lost.length === 0 ? '' : `; changed: ${joinNames(lost)}`}`,
              source: `Pod ${podKey(pod)} metadata.labels`,
            },
          ],
          fixes: [
            {
              title: 'delete it when nobody looks at it any more',
              command: `kubectl delete pod ${pod.metadata?.name ?? ''} -n ${subject.namespace}`,
              risk: 'low',
            },
          ],
        }),
      ];
    });
  },
});

function releasedIn(index: ClusterIndex, namespace: string): readonly Pod[] {
  return index.memo(`netsvc/selector/released/${namespace}`, () =>
    index.list('Pod', namespace).filter((pod) => wasReleased(pod) && !isFinished(pod) && !isTerminating(pod)),
  );
}
