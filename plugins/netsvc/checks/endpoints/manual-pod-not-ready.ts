import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { podsWithAddress } from '../../../../shared/model/held-addresses.ts';
import { isReady, isTerminating, podKey } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isSelectorless, manualEndpoints } from './manual-endpoints.ts';

/** Hand-made endpoints marked ready whose pod is not: nothing takes them out, so requests keep going there. */
export const manualPodNotReady = defineCheck<ServiceSubject>({
  id: 'netsvc/manual-pod-not-ready',
  group: 'endpoints',
  needs: ['EndpointSlice', 'Pod'],
  uses: ['Endpoints'],
  applies: isSelectorless,
  run: (subject, { index }) => {
    const all = manualEndpoints(index, subject).filter((endpoint) => endpoint.ready);
    const bad = all.flatMap((endpoint) => {
      const [pod, second] = podsWithAddress(index, endpoint.address);
      if (pod === undefined || second !== undefined || (isReady(pod) && !isTerminating(pod))) return [];
      return [{ endpoint, pod }];
    });
    const [first] = bad;
    if (first === undefined) return [];
    return [
      endpointsMessages.SVC510.raise({
        subject: first.endpoint.holder.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          address: first.endpoint.address,
          pod: podKey(first.pod),
          state: isTerminating(first.pod) ? 'is shutting down' : 'is not ready',
          namespace: first.pod.metadata?.namespace ?? '',
          name: first.pod.metadata?.name ?? '',
        },
        severity: bad.length === all.length ? 'critical' : 'warning',
        impact: bad.length / all.length,
        pods: bad.map(({ pod }) => podKey(pod)),
        evidence: bad.slice(0, 4).map(({ endpoint, pod }) => ({
          fact: `${endpoint.address} is pod ${podKey(pod)}, which ${isTerminating(pod) ? 'is shutting down' : 'is not ready'}`,
          source: formatRef(endpoint.holder.ref),
        })),
      }),
    ];
  },
});
