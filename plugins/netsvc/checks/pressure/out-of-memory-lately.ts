import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { parseQuantity } from '../../../../shared/util/quantity.ts';
import { plural } from '../../../../shared/util/text.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isInTemplate, patchContainer } from '../pods/containers/workload-commands.ts';
import { formatBytes } from '../pods/pending/resource-amounts.ts';
import { groupBy, ownerKey, podKeys, thePods } from '../pods/pod-groups.ts';
import { readyPods, servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { type Restarted, restarted } from './recent-restarts.ts';
import { timeline } from './timeline.ts';

const HOUR = 3_600_000;

/** Ready pods of which a container was OOMKilled not long ago. Killed long ago and stable since is no fault. */
export const outOfMemoryLately = defineCheck<ServiceSubject>({
  id: 'netsvc/out-of-memory-lately',
  group: 'pressure',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupBy(
      restarted(index, subject).filter(({ ended, since }) => ended.reason === 'OOMKilled' && since < 24 * HOUR),
      (entry) => `${ownerKey(entry)} ${entry.container.name}`,
    ).map((group) => raise(index, subject, group)),
});

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Restarted, ...Restarted[]]): Finding {
  const latest = [...group].sort((a, b) => a.since - b.since)[0] ?? group[0];
  const all = servicePods(index, subject);
  const limit = latest.container.spec.resources?.limits?.memory;
  const bytes = parseQuantity(limit);
  const most = Math.max(...group.map((entry) => entry.restarts));
  const patch = (memory: string): string =>
    patchContainer(
      latest.owner,
      latest.container.name,
      { resources: { limits: { memory } } },
      latest.container.nativeSidecar,
    );
  return pressureMessages.SVC902.raise({
    subject: latest.owner,
    args: {
      pods: thePods(group, all),
      container: `container ${latest.container.name}`,
      when: ago(latest.ended.finishedAt, index.now),
      limit: limit === undefined ? '' : ` at its memory limit ${limit}`,
      restarts: most > 0 ? ` (${plural(most, 'restart')})` : '',
    },
    pods: podKeys(group),
    // Once, and stable for half an hour: it may have been a peak.
    severity: latest.since < (most > 1 ? HOUR : HOUR / 2) ? 'warning' : 'info',
    impact: (0.1 * group.length) / Math.max(1, readyPods(all).length),
    evidence: [
      {
        fact: `last run ended ${ago(latest.ended.finishedAt, index.now)}: OOMKilled, exit code ${latest.ended.exitCode ?? 137}`,
        source: `Pod ${latest.key} status.containerStatuses`,
      },
      ...timeline(index, group),
    ],
    fixes:
      limit === undefined || bytes === undefined || !isInTemplate(latest, latest.container.name)
        ? []
        : [
            {
              title: `raise the memory limit from ${limit} (adjust to what it needs)`,
              command: patch(formatBytes(bytes * 2)),
              risk: 'low',
              undo: patch(String(limit)),
            },
          ],
  });
}
