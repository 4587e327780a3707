import type { PodLog } from '../../model/snapshot.ts';
import { DEFAULT_LIMITS } from '../files/limits.ts';
import type { FindContainer } from '../files/log-paths.ts';
import { findLogs } from '../files/log-paths.ts';
import { isNoLog } from '../no-log.ts';
import type { Intake } from './intake.ts';

/** A log file that was read before anyone knows which pods there are. */
export interface PendingLog {
  readonly path: string;
  readonly text: string;
}

/** Gives the logs to the pods that were read. */
export function takeLogs(intake: Intake, pending: readonly PendingLog[]): void {
  if (pending.length === 0) return;
  const names = podNames(intake);
  for (const { path, text } of pending) for (const log of findLogs(path, text, names)) addLog(intake, log);
}

function podNames(intake: Intake): FindContainer {
  const byName = new Map<string, { namespace: string; containers: string[]; usual: string | undefined }[]>();
  for (const object of intake.objects.get('Pod')?.values() ?? []) {
    const { namespace = '', name = '', annotations } = object.metadata ?? {};
    const spec = (object as { spec?: Readonly<Record<string, unknown>> }).spec ?? {};
    const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
      Array.isArray(spec[field]) ? spec[field].map((item: { name?: string } | null) => item?.name ?? '') : [],
    );
    // kubectl takes the first container, which is no init container, unless the annotation says otherwise.
    const usual = annotations?.['kubectl.kubernetes.io/default-container'] ?? containers[0];
    const list = byName.get(name);
    if (list === undefined) byName.set(name, [{ namespace, containers, usual }]);
    else list.push({ namespace, containers, usual });
  }
  return ({ namespace, pod, container }) => {
    const found = (byName.get(pod) ?? []).filter((entry) => namespace === undefined || entry.namespace === namespace);
    const [only] = found;
    if (only === undefined || found.length > 1) return undefined;
    const wanted = container ?? only.usual;
    if (wanted === undefined || !only.containers.includes(wanted)) return undefined;
    return { namespace: only.namespace, pod, container: wanted };
  };
}

/** An empty log says nothing; of two for the same run the longer one is kept. */
export function addLog(intake: Intake, log: PodLog): void {
  const text = log.text.slice(-DEFAULT_LIMITS.logBytes);
  if (text.trim() === '' || isNoLog(text)) return;
  const key = logKey(log);
  if ((intake.logs.get(key)?.text.length ?? 0) < text.length) intake.logs.set(key, { ...log, text });
}

/** Names a run of a container, in the order in which logs are listed. */
export function logKey(log: PodLog): string {
  return `${log.namespace}/${log.pod}/${log.container}/${log.previous ? 1 : 0}`;
}
