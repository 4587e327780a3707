import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { conditionOf, runningContainers } from '../../../../shared/model/pods.ts';
import { replicaSetsOf, revisionOf } from '../../../../shared/model/rollouts.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { compareText } from '../../../../shared/util/text.ts';
import { exitInWords } from '../pods/containers/exit-codes.ts';
import type { ServicePod } from '../pods/service-pods.ts';

interface Moment {
  readonly time: string;
  readonly fact: string;
  readonly source: string;
}

const MOST = 6;

/** What happened to pods and their workload, oldest first: rollouts, ends of runs, changes of readiness. */
export function timeline(index: ClusterIndex, pods: readonly ServicePod[]): readonly Evidence[] {
  const moments = new Map<string, Moment>();
  const add = (time: string | undefined, fact: string, source: string): void => {
    if (time !== undefined && !Number.isNaN(Date.parse(time))) moments.set(`${time} ${fact}`, { time, fact, source });
  };
  for (const entry of pods) {
    if (entry.owner.kind === 'Deployment') {
      for (const set of replicaSetsOf(index, entry.owner).slice(0, 2)) {
        const name = set.metadata?.name ?? '';
        const source = `ReplicaSet ${set.metadata?.namespace ?? ''}/${name}`;
        add(set.metadata?.creationTimestamp, `revision ${revisionOf(set)} of ${entry.owner.name} was made`, source);
      }
    }
    for (const { name, status } of runningContainers(entry.pod)) {
      const ended = status?.lastState?.terminated;
      if (ended === undefined) continue;
      const how = `${ended.reason ?? 'ended'}, ${exitInWords(ended.exitCode, ended.signal)}`;
      add(ended.finishedAt, `container ${name} of ${entry.name} ended (${how})`, `Pod ${entry.key} status`);
    }
    const ready = conditionOf(entry.pod, 'Ready');
    const word = ready?.status === 'True' ? 'became Ready' : 'stopped being Ready';
    add(ready?.lastTransitionTime, `pod ${entry.name} ${word}`, `Pod ${entry.key} status.conditions`);
  }
  return [...moments.values()]
    .sort((a, b) => compareText(a.time, b.time) || compareText(a.fact, b.fact))
    .slice(-MOST)
    .map(({ time, fact, source }) => ({ fact: `${ago(time, index.now)}: ${fact}`, source }));
}
