import type { KindName, KindTypes } from '../model/kinds.ts';
import type { ConfigMap, KubeObject, Node, ObjectMeta, Pod, Secret, Workload } from '../model/objects.ts';
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

/** The values of a TLS Secret that a check compares; everything else of a Secret is dropped while reading. */
const TLS_KEYS = new Set(['tls.crt', 'tls.key', 'ca.crt']);

/**
 * What is kept of an object that came from the server: no managedFields unless asked for, no copy of itself in an
 * annotation, of bulky kinds only the fields that are read, of Secrets only the TLS values and only when asked by name.
 */
export function prune<K extends KindName>(kind: K, object: KindTypes[K], options: PruneOptions): KindTypes[K] {
  const slim = pruneMetadata(object, options.managedFields);
  if (kind === 'Secret') return pruneSecret(slim as Secret, options.single) as KindTypes[K];
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

function pruneSecret(secret: Secret, single: boolean): Secret {
  const { data, stringData: _written, ...rest } = secret as Secret & { readonly stringData?: unknown };
  if (!single || data === undefined || data === null) return rest;
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) if (TLS_KEYS.has(key)) kept[key] = value;
  return { ...rest, data: kept };
}
