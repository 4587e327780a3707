import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { conditionOf, podKey } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { plural } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * All endpoints are shutting down. kube-proxy still sends to those that serve while no ready one is left
 * (ProxyTerminatingEndpoints, stable since 1.28); afterwards there is nobody.
 */
export const terminatingOnly = defineCheck<ServiceSubject>({
  id: 'netsvc/terminating-only',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Pod'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    const rows = endpointRows(index, subject.service);
    const leaving = rows.filter((row) => row.terminating);
    if (leaving.length === 0 || rows.some((row) => row.ready && !row.terminating)) return [];
    const serving = leaving.filter((row) => row.serving).length;
    const pods = leaving.flatMap((row) => (row.pod === undefined ? [] : [row.pod]));
    return [
      endpointsMessages.SVC512.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          namespace: subject.namespace,
          leaving: leaving.length,
          serving,
          notReady: rows.length - leaving.length,
          selector: Object.entries(subject.selector ?? {})
            .map(([key, value]) => `${key}=${value}`)
            .join(','),
        },
        severity: serving === 0 ? 'critical' : 'warning',
        impact: serving === 0 ? 1 : 0.3,
        pods: pods.map(podKey),
        evidence: [
          {
            fact: `${plural(leaving.length, 'endpoint')} terminating, ${serving} of them still serving, 0 ready`,
            source: `EndpointSlices of ${formatRef(subject.ref)}`,
          },
          ...pods.slice(0, 3).map((pod): Evidence => {
            const end = Date.parse(pod.metadata?.deletionTimestamp ?? '');
            const left = Math.round((end - now) / 1000);
            return {
              fact: `pod ${pod.metadata?.name ?? ''} ${left > 0 ? `is killed in ${left}s` : `should have been gone ${-left}s ago`}`,
              source: `Pod ${podKey(pod)} metadata.deletionTimestamp`,
            };
          }),
          ...pods.slice(0, 1).flatMap(disruption),
        ],
      }),
    ];
  },
});

/** Who ended a pod, in the words of its condition (KEP-3329, pod disruption conditions). */
const DISRUPTIONS: Readonly<Record<string, string>> = {
  EvictionByEvictionAPI: 'evicted through the API, as kubectl drain and autoscalers do',
  PreemptionByScheduler: 'preempted by the scheduler for a pod of higher priority',
  DeletionByTaintManager: 'evicted because its node has a NoExecute taint',
  TerminationByKubelet: 'ended by the kubelet, for want of resources or at the shutdown of the node',
};

function disruption(pod: Pod): readonly Evidence[] {
  const condition = conditionOf(pod, 'DisruptionTarget');
  const words = DISRUPTIONS[condition?.reason ?? ''];
  if (condition?.status !== 'True' || words === undefined) return [];
  return [{ fact: `${words} (${condition.reason ?? ''})`, source: `Pod ${podKey(pod)} status.conditions` }];
}
