import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { runLength } from '../../../../shared/model/pod-state-container.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { plural } from '../../../../shared/util/text.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { exitInWords } from '../pods/containers/exit-codes.ts';
import { logs } from '../pods/containers/workload-commands.ts';
import { logEvidence } from '../pods/pod-evidence.ts';
import { groupBy, ownerKey, podKeys, thePods } from '../pods/pod-groups.ts';
import { readyPods, servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { type Restarted, restarted } from './recent-restarts.ts';
import { timeline } from './timeline.ts';

const RECENT = 3_600_000;
const LATELY = 1_800_000;
/** One or two restarts happen; with the third it is a habit. */
const HABIT = 3;
const SHORT_RUN = 60_000;
const JUST_NOW = 30_000;

/** Ready pods that restarted within the hour: a note, or a warning when they do it again and again. */
export const containerRestarts = defineCheck<ServiceSubject>({
  id: 'netsvc/container-restarts',
  group: 'pressure',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupBy(
      restarted(index, subject).filter(({ ended, since }) => since < RECENT && ended.reason !== 'OOMKilled'),
      (entry) => `${ownerKey(entry)} ${entry.container.name} ${entry.ended.exitCode ?? ''}`,
    ).map((group) => raise(index, subject, group)),
});

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Restarted, ...Restarted[]]): Finding {
  const latest = [...group].sort((a, b) => a.since - b.since)[0] ?? group[0];
  const all = servicePods(index, subject);
  const most = Math.max(...group.map((entry) => entry.restarts));
  const habit = group.some(
    (entry) => entry.restarts >= HABIT && entry.since < LATELY && isFrequent(entry, index.now) && !hasRecovered(entry),
  );
  // Without a probe Ready says little of a container that ends as soon as it has begun.
  const justNow =
    !index.orLater &&
    group.length === all.length &&
    group.every(
      ({ container, ended, since }) =>
        container.spec.readinessProbe === undefined &&
        since < JUST_NOW &&
        ended.exitCode !== 0 &&
        (runLength(ended) ?? Number.POSITIVE_INFINITY) < SHORT_RUN,
    );
  return pressureMessages.SVC907.raise({
    subject: latest.owner,
    args: {
      pods: thePods(group, all),
      container: `container ${latest.container.name}`,
      restarts: plural(most, 'restart'),
      end: exitInWords(latest.ended.exitCode, latest.ended.signal),
      when: ago(latest.ended.finishedAt, index.now),
    },
    pods: podKeys(group),
    severity: habit || justNow ? 'warning' : 'info',
    impact: justNow ? 0.9 : (0.1 * group.length) / Math.max(1, readyPods(all).length),
    evidence: [...timeline(index, group), ...logEvidence(index, latest, latest.container.name)],
    fixes: [
      {
        title: 'read why the last run ended',
        command: logs(subject.namespace, latest.name, latest.container.name, true),
        risk: 'none',
      },
    ],
  });
}

/** Runs of seconds that led to one of minutes: a start that needed several attempts, not something that goes on. */
function hasRecovered({ ended, since }: Restarted): boolean {
  const lastRun = runLength(ended) ?? Number.POSITIVE_INFINITY;
  return lastRun < SHORT_RUN && since > Math.max(120_000, lastRun * 3);
}

/** At least one restart in six hours of the pod's life; three in a month are no habit. */
function isFrequent(entry: Restarted, now: number): boolean {
  const age = now - Date.parse(entry.pod.status?.startTime ?? entry.pod.metadata?.creationTimestamp ?? '');
  return age / entry.restarts < 6 * RECENT;
}
