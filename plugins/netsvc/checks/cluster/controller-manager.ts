import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { sickEvidence } from '../../../../shared/diagnose/sick-evidence.ts';
import { isFinished, isReady } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * kube-controller-manager does not run: nobody writes EndpointSlices, makes pods or marks nodes. Managed clusters do not
 * show it; where its pods are seen, none of them being ready is a fault of the whole cluster.
 */
export const controllerManagerDown = defineCheck<ServiceSubject>({
  id: 'netsvc/controller-manager-down',
  group: 'cluster',
  needs: [],
  uses: ['Pod'],
  run: (_, { index, now }) => {
    const pods = index.memo('cluster/controller-managers', () =>
      index
        .list('Pod', 'kube-system')
        .filter((pod) => pod.metadata?.labels?.component === 'kube-controller-manager' && !isFinished(pod)),
    );
    if (pods.length === 0 || pods.some(isReady)) return [];
    const sick = pods.flatMap((pod) => sicknessOf(index, pod, now) ?? []);
    const [first] = sick;
    if (first === undefined) return [];
    const [pod] = pods;
    return [
      clusterMessages.SVC809.raise({
        subject: { kind: 'Pod', namespace: namespaceOf(pod ?? {}), name: nameOf(pod ?? {}) },
        args: { count: pods.length, reason: first.reason, pod: first.name },
        evidence: sick.slice(0, 3).map((entry) => sickEvidence(entry, now)),
      }),
    ];
  },
});
