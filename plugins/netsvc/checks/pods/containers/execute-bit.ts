import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Volume } from '../../../../../shared/model/objects-pod.ts';
import { namespaceOf } from '../../../../../shared/model/refs.ts';
import { keptFirst } from '../../../../../shared/util/kubectl.ts';
import type { ServicePod } from '../service-pods.ts';
import { isPatchable, patchTemplateSpec, target } from './workload-commands.ts';

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
  return withoutInterpreter(index, { owner, pod }, command, said);
}

/**
 * `exec /scripts/run.sh: no such file or directory` of a script that is there: its first line names a program that is not,
 * with the carriage return of Windows as a part of its name or because the image has no such shell (execve(2), ENOENT).
 */
function withoutInterpreter(
  index: ClusterIndex,
  { owner, pod }: Pick<ServicePod, 'owner' | 'pod'>,
  command: readonly string[],
  said: string,
): NotExecutable | undefined {
  const namespace = namespaceOf(pod);
  const [, path = ''] = /exec (\/[\w./-]+): no such file or directory/.exec(said) ?? [];
  if (path === '' || !command.join(' ').includes(path)) return undefined;
  for (const { configMap: { name = '' } = {} } of pod.spec?.volumes ?? []) {
    const text = index.get('ConfigMap', namespace, name)?.data?.[path.slice(path.lastIndexOf('/') + 1)] ?? '';
    const [, program, windows] = /^#! *([^\r\n]+)(\r?)/.exec(text) ?? [];
    if (program === undefined) continue;
    if (windows === '')
      return { words: `; ${path} of ConfigMap ${name} wants ${program}, which the image seems to lack`, fixes: [] };
    const line = `kubectl get configmap ${name} -n ${namespace} -o json | sed 's/\\\\r\\\\n/\\\\n/g' | kubectl replace -f -`;
    const restart = isPatchable(owner) ? ` && kubectl rollout restart ${target(owner)}` : '';
    return {
      words: `; the lines of ${path} (ConfigMap ${name}) end in CRLF, so that no ${program} is found`,
      fixes: [
        {
          title: 'give it line ends of Linux',
          ...keptFirst('configmap', namespace, name, line + restart),
          risk: 'low',
        },
      ],
    };
  }
  return undefined;
}

function holds(index: ClusterIndex, namespace: string, { configMap }: Volume, file: string): boolean {
  if (configMap?.name === undefined || ((configMap.defaultMode ?? PLAIN) & 0o111) !== 0) return false;
  return index.get('ConfigMap', namespace, configMap.name)?.data?.[file] !== undefined;
}
