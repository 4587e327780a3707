import type { Workload } from '../model/objects-workload.ts';
import { COUNTS } from './infer-pods.ts';
import type { Intake, LooseObject } from './intake/intake.ts';

/** Kinds and names of objects that are in every namespace or that nobody looks at one by one. */
function isPickedByNobody({ kind, name }: LooseObject): boolean {
  return (
    kind === 'Event' ||
    (kind === 'ConfigMap' && name === 'kube-root-ca.crt') ||
    (kind === 'ServiceAccount' && name === 'default')
  );
}

/**
 * The namespaces that were written with one file for each object, by a loop over all of them. A file by hand holds the object that somebody thought of and says nothing of others of its kind; that some namespace has but one
 * policy is told when a file stands there that nobody would have made by hand.
 */
export function loopedNamespaces(objects: readonly LooseObject[]): ReadonlySet<string> {
  return new Set(
    objects.flatMap((object) => (object.applied && object.alone && isPickedByNobody(object) ? [object.namespace] : [])),
  );
}

/** The pods that controllers of a namespace count: a single one that was written is not the whole where there are more. */
export function countedPods(intake: Intake, namespace: string): number {
  let count = 0;
  for (const kind of ['ReplicaSet', 'ReplicationController', 'StatefulSet', 'DaemonSet', 'Job'] as const) {
    for (const object of (intake.objects.get(kind) as ReadonlyMap<string, Workload> | undefined)?.values() ?? []) {
      if (object.metadata?.namespace === namespace) count += COUNTS[kind]?.(object.status ?? {}) ?? 0;
    }
  }
  return count;
}
