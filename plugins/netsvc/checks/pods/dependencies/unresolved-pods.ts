import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { initContainers, isReady, runningContainers } from '../../../../../shared/model/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { logsOf } from '../pod-evidence.ts';
import { servicePods } from '../service-pods.ts';
import { tellsUnresolved } from './asked-hosts.ts';

/** As much of a log as its last words are looked for in. */
export const TAIL = 4096;

/** The keys of the pods of a Service that are not ready and whose last words tell of names that do not resolve. */
export function unresolvedPods(index: ClusterIndex, subject: ServiceSubject): readonly string[] {
  const tells = (entry: ReturnType<typeof servicePods>[number]): boolean =>
    [...initContainers(entry.pod), ...runningContainers(entry.pod)].some(({ name }) =>
      logsOf(index, entry, name).some(({ text }) => tellsUnresolved(text.slice(-TAIL))),
    );
  return servicePods(index, subject)
    .filter((entry) => !isReady(entry.pod) && tells(entry))
    .map(({ key }) => key);
}
