import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { podsMatching } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { compareText, joinNames, shorten } from '../../../../shared/util/text.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { stayingPods, WORKLOAD_USES } from '../pods/workloads-behind.ts';

const RECENT = 6 * 3_600_000;

/** Evicted pods that were replaced: worth knowing while fresh, no fault. */
export const podsWereEvicted = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-were-evicted',
  group: 'pressure',
  needs: ['Pod'],
  uses: WORKLOAD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    // Where no other pod is left, the pods topic tells it as the cause.
    if (stayingPods(index, subject).length === 0) return [];
    const evicted = podsMatching(index, subject.namespace, subject.selector ?? {})
      .filter((pod) => pod.status?.phase === 'Failed' && pod.status.reason === 'Evicted')
      .filter((pod) => now - Date.parse(timeOf(pod)) < RECENT)
      .sort((a, b) => compareText(timeOf(b), timeOf(a)));
    const [latest] = evicted;
    if (latest === undefined) return [];
    const message = shorten(latest.status?.message ?? '', 160);
    return [
      pressureMessages.SVC905.raise({
        subject: subject.ref,
        args: {
          pods: joinNames(
            evicted.map((pod) => pod.metadata?.name ?? ''),
            3,
          ),
          count: evicted.length,
          when: ago(timeOf(latest), now),
          reason: message === '' ? '' : ` (${message})`,
        },
        evidence: evicted.slice(0, 3).map((pod) => ({
          fact: `Evicted ${ago(timeOf(pod), now)}: "${shorten(pod.status?.message ?? '', 200)}"`,
          source: `Pod ${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''} status`,
        })),
        fixes: [
          {
            title: 'clear the records away',
            command: `kubectl delete pods -n ${subject.namespace} --field-selector=status.phase=Failed`,
            risk: 'none',
          },
        ],
      }),
    ];
  },
});

/** When it was evicted: the condition that says so, else its start. */
function timeOf(pod: Pod): string {
  const disrupted = pod.status?.conditions?.find((condition) => condition.type === 'DisruptionTarget');
  return disrupted?.lastTransitionTime ?? pod.status?.startTime ?? '';
}
