import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { HASH_LABEL } from '../../../../shared/model/rollouts.ts';
import { plural } from '../../../../shared/util/text.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { groupBy, ownerKey } from '../pods/pod-groups.ts';
import { readyPods, type ServicePod, servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';

/** Ready pods of more than one revision of a workload: answers may differ between requests. */
export const mixedVersions = defineCheck<ServiceSubject>({
  id: 'netsvc/mixed-versions',
  group: 'pressure',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const ready = readyPods(servicePods(index, subject)).filter((entry) => revisionOfPod(entry.pod) !== '');
    return groupBy(ready, ownerKey).flatMap((pods) => {
      const revisions = groupBy(pods, (entry) => revisionOfPod(entry.pod));
      return revisions.length < 2 ? [] : [raise(pods[0], revisions)];
    });
  },
});

function raise(first: ServicePod, revisions: readonly (readonly [ServicePod, ...ServicePod[]])[]): Finding {
  const parts = revisions.map((pods) => {
    const images = (pods[0].pod.spec?.containers ?? []).map((container) => container.image ?? '').join(', ');
    return { fact: `${plural(pods.length, 'pod')} of ${revisionOfPod(pods[0].pod)} (${images})`, pods };
  });
  return pressureMessages.SVC908.raise({
    subject: first.owner,
    args: {
      workload: `${first.owner.kind} ${first.owner.name}`,
      versions: parts.map((part) => part.fact).join(' and '),
    },
    evidence: parts.map((part) => ({ fact: part.fact, source: `Pod ${part.pods[0].key}` })),
  });
}

function revisionOfPod(pod: Pod): string {
  const labels = pod.metadata?.labels ?? {};
  return labels[HASH_LABEL] ?? labels['controller-revision-hash'] ?? '';
}
