import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { groupBy, podKeys, thePods } from '../pods/pod-groups.ts';
import { readyPods, servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { probeKey } from '../readiness/failing-probes.ts';
import { probeFixes } from '../readiness/probe-fixes.ts';
import { failureInWords, probedContainer, probeEvidence, probeInWords } from '../readiness/probe-words.ts';
import { type Flapping, flappingPods } from './flapping-pods.ts';
import { timeline } from './timeline.ts';

/** Pods that are Ready now and were not, or nearly were not, some minutes ago. */
export const readinessFlaps = defineCheck<ServiceSubject>({
  id: 'netsvc/readiness-flaps',
  group: 'pressure',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupBy(flappingPods(index, subject), probeKey).map((group) => raise(index, subject, group)),
});

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Flapping, ...Flapping[]]): Finding {
  const worst = [...group].sort((a, b) => b.failure.count - a.failure.count)[0] ?? group[0];
  const all = servicePods(index, subject);
  const ready = readyPods(all).length;
  const left = group.filter((entry) => entry.left).length;
  return pressureMessages.SVC906.raise({
    subject: worst.owner,
    args: {
      pods: thePods(group, all),
      probe: `${probeInWords(worst)} of ${probedContainer(worst)}`,
      failure: `${failureInWords(worst)}, ${worst.failure.count} times`,
      share: `${group.length} of ${ready} ready endpoints ${group.length === 1 ? 'comes' : 'come'} and ${group.length === 1 ? 'goes' : 'go'}`,
    },
    pods: podKeys(group),
    // Failures below failureThreshold keep the pod in rotation.
    severity: left > 0 || worst.failure.count >= 5 ? 'warning' : 'info',
    impact: (0.3 * group.length) / Math.max(1, ready),
    evidence: [...probeEvidence(index, worst), ...timeline(index, group)],
    fixes: probeFixes(subject, worst),
  });
}
