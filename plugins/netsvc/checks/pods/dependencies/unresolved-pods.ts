import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { initContainers, isReady, runningContainers } from '../../../../../shared/model/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { logsOf } from '../pod-evidence.ts';
import { servicePods } from '../service-pods.ts';
import { tellsUnresolved } from './asked-hosts.ts';

/** As much of a log as its last words are looked for in. */
export const TAIL = 4096;

/** Exit codes of programs that give up, as against those of signals, shells and runtimes. */
const APP_ERROR: ReadonlySet<number> = new Set([1, 2, 255]);

/**
 * The keys of the pods of a Service that are not ready and whose last words tell of names that do not resolve, or that
 * crash with an error of the application and left no word that was read. With `like`, only those whose words tell of a
 * name like it.
 */
export function unresolvedPods(index: ClusterIndex, subject: ServiceSubject, like?: RegExp): readonly string[] {
  const tells = (entry: ReturnType<typeof servicePods>[number]): boolean =>
    [...initContainers(entry.pod), ...runningContainers(entry.pod)].some(({ name, status }) => {
      const logs = logsOf(index, entry, name);
      const end = status?.lastState?.terminated;
      const crashes = status?.state?.waiting?.reason === 'CrashLoopBackOff' && APP_ERROR.has(end?.exitCode ?? 0);
      const told = logs.map(({ text }) => text.slice(-TAIL)).filter((text) => like?.test(text) ?? true);
      return told.some(tellsUnresolved) || (like === undefined && logs.length === 0 && crashes);
    });
  return servicePods(index, subject)
    .filter((entry) => !isReady(entry.pod) && tells(entry))
    .map(({ key }) => key);
}
