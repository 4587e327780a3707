import { keptSecret } from '../model/kept-secret.ts';
import type { KindName, KindTypes } from '../model/kinds.ts';
import type { ConfigMap, KubeObject, Node, ObjectMeta } from '../model/objects.ts';
import type { Pod } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import { project } from './project.ts';
import { NODE, POD, WORKLOAD } from './shapes.ts';

export interface PruneOptions {
  readonly managedFields: boolean;
  /** Keep fields that no check reads; secrets lose their values all the same. */
  readonly everything: boolean;
  /** The object was asked for by name. */
  readonly single: boolean;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What is kept of an object that came from the server: managedFields only when asked for or of a single object, no copy
 * of itself in an annotation, of bulky kinds only the fields that are read, of Secrets next to nothing.
 */
export function prune<K extends KindName>(kind: K, object: KindTypes[K], options: PruneOptions): KindTypes[K] {
  const slim = pruneMetadata(object, options.managedFields || options.single);
  if (kind === 'Secret') return keptSecret({ ...slim }, !options.single) as KindTypes[K];
  return (options.everything ? slim : pruneFields(kind, slim)) as KindTypes[K];
}

function pruneFields(kind: KindName, object: KubeObject): KubeObject {
  switch (kind) {
    case 'Pod':
      return project(object as Pod, POD);
    case 'CronJob':
    case 'DaemonSet':
    case 'Deployment':
    case 'Job':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'StatefulSet':
      return project(object as Workload, WORKLOAD);
    case 'Node':
      return project(object as Node, NODE);
    case 'ConfigMap': {
      const { binaryData: _dropped, ...rest } = object as ConfigMap & { readonly binaryData?: unknown };
      return rest;
    }
    default:
      return object;
  }
}

function pruneMetadata(object: KubeObject, managedFields: boolean): KubeObject {
  const { metadata } = object;
  if (metadata === undefined || metadata === null) return object;
  const { managedFields: fields, ...rest } = metadata;
  const kept: ObjectMeta = managedFields && fields !== undefined ? metadata : rest;
  if (kept.annotations?.[LAST_APPLIED] === undefined) return { ...object, metadata: kept };
  const { [LAST_APPLIED]: _copy, ...annotations } = kept.annotations;
  return { ...object, metadata: { ...kept, annotations } };
}
