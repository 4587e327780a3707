import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ContainerState } from '../../../../shared/model/objects-pod.ts';
import { type RunningContainer, runningContainers } from '../../../../shared/model/pods.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { podsIn, type ServicePod, servicePods } from '../pods/service-pods.ts';

/** A container of a Ready pod that ended some time ago and has run since. */
export interface Restarted extends ServicePod {
  readonly container: RunningContainer;
  readonly ended: NonNullable<ContainerState['terminated']>;
  readonly restarts: number;
  /** Milliseconds since it ended. */
  readonly since: number;
}

/** Such containers, those left out that keep ending right now: they are told as crashing. */
export function restarted(index: ClusterIndex, subject: ServiceSubject): readonly Restarted[] {
  return podsIn(servicePods(index, subject), 'ready').flatMap((entry) =>
    runningContainers(entry.pod).flatMap((container): Restarted[] => {
      const ended = container.status?.lastState?.terminated;
      const since = index.now - Date.parse(ended?.finishedAt ?? '');
      if (ended === undefined || Number.isNaN(since) || container.status?.state?.running === undefined) return [];
      if (entry.state.restarting?.container.name === container.name) return [];
      return [{ ...entry, container, ended, restarts: container.status.restartCount ?? 0, since }];
    }),
  );
}
