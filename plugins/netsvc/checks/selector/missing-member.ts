import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { POD_NAME_LABEL } from '../../../../shared/model/pods.ts';
import { plural } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { target } from '../pods/containers/workload-commands.ts';

/** Why a Service of one pod of a StatefulSet finds nobody: the set has fewer replicas; undefined where that is not so. */
export function missingMember(
  index: ClusterIndex,
  { namespace, selector = {} }: ServiceSubject,
): { readonly words: string; readonly fixes: readonly Fix[] } | undefined {
  const [, name = '', ordinal = ''] = /^(.+)-(\d+)$/.exec(selector[POD_NAME_LABEL] ?? '') ?? [];
  const set = index.get('StatefulSet', namespace, name);
  const replicas = set?.spec?.replicas ?? 1;
  if (set === undefined || Number(ordinal) < replicas) return undefined;
  const scale = (to: number): string =>
    `kubectl scale ${target({ kind: 'StatefulSet', namespace, name })} --replicas=${to}`;
  return {
    words: `StatefulSet ${name} has ${plural(replicas, 'replica')}, so there is no pod ${name}-${ordinal}`,
    fixes: [
      {
        title: `make the pods up to ${name}-${ordinal}, if it is to be there`,
        command: scale(Number(ordinal) + 1),
        risk: 'low',
        undo: scale(replicas),
      },
    ],
  };
}
