import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Volume } from '../../../../../shared/model/objects-pod.ts';
import { namespaceOf } from '../../../../../shared/model/refs.ts';
import type { ServicePod } from '../service-pods.ts';
import { isPatchable, patchTemplateSpec } from './workload-commands.ts';

/** A program out of a ConfigMap that nobody may execute, as the end of a sentence and as a patch. */
export interface NotExecutable {
  readonly words: string;
  readonly fixes: readonly Fix[];
}

/** `exec: "/scripts/run.sh": permission denied` (runc), `sh: /scripts/run.sh: Permission denied` (shells). */
const REFUSED = /(\/[\w./-]+)["']?:(?: line \d+:)? permission denied/gi;
const PLAIN = 0o644;
const EXECUTABLE = 0o755;

/**
 * Files of a ConfigMap may not be executed unless the volume's `defaultMode` says so. Told where what was `said` refuses a
 * file that the `command` runs and that a mounted ConfigMap holds under its name.
 */
export function notExecutable(
  index: ClusterIndex,
  { owner, workload, pod }: ServicePod,
  command: readonly string[],
  said: string,
): NotExecutable | undefined {
  for (const [, path = ''] of said.matchAll(REFUSED)) {
    if (!command.join(' ').includes(path)) continue;
    const file = path.slice(path.lastIndexOf('/') + 1);
    const volume = (pod.spec?.volumes ?? []).find((one) => holds(index, namespaceOf(pod), one, file));
    if (volume === undefined) continue;
    const mode = volume.configMap?.defaultMode ?? PLAIN;
    const patch = (defaultMode: number): string =>
      patchTemplateSpec(owner, { volumes: [{ name: volume.name, configMap: { defaultMode } }] });
    const inTemplate = workload?.template?.spec?.volumes?.some(({ name }) => name === volume.name) ?? true;
    const fix: Fix = {
      title: `make the files of volume ${volume.name} executable`,
      command: patch(EXECUTABLE),
      risk: 'low',
      undo: patch(mode),
    };
    return {
      words: `; it comes from ConfigMap ${volume.configMap?.name}, mounted with mode 0${mode.toString(8)}: not executable`,
      fixes: isPatchable(owner) && inTemplate ? [fix] : [],
    };
  }
  return undefined;
}

function holds(index: ClusterIndex, namespace: string, { configMap }: Volume, file: string): boolean {
  if (configMap?.name === undefined || ((configMap.defaultMode ?? PLAIN) & 0o111) !== 0) return false;
  return index.get('ConfigMap', namespace, configMap.name)?.data?.[file] !== undefined;
}
