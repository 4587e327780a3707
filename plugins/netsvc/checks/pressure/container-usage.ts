import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { type RunningContainer, runningContainers } from '../../../../shared/model/pods.ts';
import { parseQuantity } from '../../../../shared/util/quantity.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type ServicePod, servicePods } from '../pods/service-pods.ts';

/** What a container used at the last sample beside what it may use. */
export interface Usage extends ServicePod {
  readonly container: RunningContainer;
  readonly used: number;
  /** As written in the spec, and as a number. */
  readonly limit: string;
  readonly allowed: number;
}

/** Containers with a limit and a sample of the metrics API; none where metrics were not read. */
export function usages(index: ClusterIndex, subject: ServiceSubject, resource: 'cpu' | 'memory'): readonly Usage[] {
  return servicePods(index, subject).flatMap((entry) => {
    const metrics = index.get('PodMetrics', entry.pod.metadata?.namespace, entry.name);
    return runningContainers(entry.pod).flatMap((container): Usage[] => {
      const sample = metrics?.containers?.find((candidate) => candidate.name === container.name);
      const used = parseQuantity(sample?.usage?.[resource]);
      const limit = container.spec.resources?.limits?.[resource];
      const allowed = parseQuantity(limit);
      if (used === undefined || limit === undefined || allowed === undefined || allowed <= 0) return [];
      return [{ ...entry, container, used, limit: String(limit), allowed }];
    });
  });
}

/** Whole percent of the limit. */
export function percentOf({ used, allowed }: Usage): number {
  return Math.round((used / allowed) * 100);
}
