import type { KindName } from '../../../shared/model/kinds.ts';
import { KINDS } from '../../../shared/model/kinds.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { formatRef, namespaceOrDefault } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { podName } from '../../../shared/policy/rules/units.ts';
import type { ObjectChanges } from './compare.ts';
import { isSameObject } from './same-object.ts';

/** What people write; pods and what controllers make of it come and go by themselves. */
const WRITTEN: readonly KindName[] = [
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'Namespace',
  'Service',
  'Ingress',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
];

/** The objects by which two recordings, or folders, differ. */
export function objectChanges(before: Snapshot, after: Snapshot): ObjectChanges {
  const created: string[] = [];
  const changed: string[] = [];
  const deleted: string[] = [];
  let unchanged = 0;
  for (const kind of WRITTEN) {
    const [old, next] = [before, after].map(({ objects }) => byName(kind, (objects[kind] ?? []) as KubeObject[]));
    for (const [name, object] of next ?? []) {
      const other = old?.get(name);
      if (other === undefined) created.push(name);
      else if (isSameObject(other, object)) unchanged++;
      else changed.push(name);
    }
    for (const name of old?.keys() ?? []) if (next?.has(name) !== true) deleted.push(name);
  }
  return { created, changed, deleted, unchanged };
}

function byName(kind: KindName, objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  const { kind: word, namespaced } = KINDS[kind];
  return new Map(
    objects.map((object) => [
      formatRef({
        kind: word,
        ...(namespaced ? { namespace: namespaceOrDefault(object) } : {}),
        name: podName(object),
      }),
      object,
    ]),
  );
}
