import { keptSecret } from '../../model/kept-secret.ts';
import { isRecord } from '../../util/records.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * managedFields say who changed a selector, a port or a template last, and when a Corefile was changed; of other kinds
 * nobody asks.
 */
const KEEP_MANAGED: ReadonlySet<string> = new Set(['Service', 'Deployment', 'StatefulSet', 'DaemonSet']);

/** A copy of the whole object in an annotation: large, and for Secrets the values in clear. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Annotations above this size are data of other tools (Helm releases, certificates). */
const LONGEST_ANNOTATION = 8192;

const META_DROPPED = new Set(['managedFields', 'selfLink', 'annotations']);
const CONTAINER_DROPPED = new Set([
  'terminationMessagePath',
  'terminationMessagePolicy',
  'volumeMounts',
  'volumeDevices',
  'securityContext',
  'stdin',
  'stdinOnce',
  'tty',
  'workingDir',
  'resizePolicy',
]);
const CONTAINER_STATUS_DROPPED = new Set([
  'volumeMounts',
  'allocatedResources',
  'allocatedResourcesStatus',
  'resources',
  'user',
]);
const POD_SPEC_DROPPED = new Set(['serviceAccount', 'preemptionPolicy']);
const NODE_STATUS_DROPPED = new Set([
  'images',
  'volumesAttached',
  'volumesInUse',
  'runtimeHandlers',
  'features',
  'config',
]);

/**
 * The object without what nobody reads (`shared/model/objects.ts` tells what is read), so that a large snapshot stays
 * small in memory. Values of Secrets never come through. The argument is not changed.
 */
export function prune(object: Json): Json {
  const kind = object.kind as string;
  const managed = KEEP_MANAGED.has(kind) || (isRecord(object.data) && object.data.Corefile !== undefined);
  const copy: Record<string, unknown> = { ...object, metadata: pruneMeta(object.metadata, managed) };
  switch (kind) {
    case 'Pod':
      copy.spec = prunePodSpec(object.spec);
      copy.status = prunePodStatus(object.status);
      break;
    case 'Node':
      copy.status = omit(object.status, NODE_STATUS_DROPPED);
      break;
    case 'Secret':
      return keptSecret(copy);
    case 'ConfigMap':
      delete copy.binaryData;
      break;
    case 'CustomResourceDefinition':
      // The schemas; no one reads them and they are most of a support bundle.
      delete copy.spec;
      break;
    default:
      if (isRecord(object.spec)) copy.spec = pruneTemplates(object.spec);
  }
  if (copy.metadata === undefined) delete copy.metadata;
  if (copy.spec === undefined) delete copy.spec;
  if (copy.status === undefined) delete copy.status;
  return copy;
}

function pruneMeta(meta: unknown, managed: boolean): unknown {
  if (!isRecord(meta)) return undefined;
  const copy = omit(meta, META_DROPPED) as Record<string, unknown>;
  const annotations = pruneAnnotations(meta.annotations);
  if (annotations !== undefined) copy.annotations = annotations;
  if (managed && Array.isArray(meta.managedFields)) copy.managedFields = pruneManaged(meta.managedFields);
  return copy;
}

function pruneAnnotations(annotations: unknown): unknown {
  if (!isRecord(annotations)) return undefined;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(annotations)) {
    const value = annotations[key];
    if (key === LAST_APPLIED) continue;
    if (typeof value === 'string' && value.length > LONGEST_ANNOTATION) continue;
    copy[key] = value;
  }
  return copy;
}

/** Who owns spec and metadata; what status writers own is never asked. */
function pruneManaged(entries: readonly unknown[]): unknown[] {
  const kept: unknown[] = [];
  for (const entry of entries) {
    if (!isRecord(entry) || entry.subresource === 'status') continue;
    const fields = entry.fieldsV1;
    kept.push(isRecord(fields) ? { ...entry, fieldsV1: omit(fields, new Set(['f:status'])) } : entry);
  }
  return kept;
}

function pruneTemplates(spec: Json): Json {
  const copy: Record<string, unknown> = { ...spec };
  if (isRecord(spec.template) && isRecord(spec.template.spec)) copy.template = pruneTemplate(spec.template);
  if (isRecord(spec.jobTemplate) && isRecord(spec.jobTemplate.spec)) {
    copy.jobTemplate = { ...spec.jobTemplate, spec: pruneTemplates(spec.jobTemplate.spec) };
  }
  return copy;
}

function pruneTemplate(template: Json): Json {
  return { ...template, spec: prunePodSpec(template.spec) };
}

function prunePodSpec(spec: unknown): unknown {
  if (!isRecord(spec)) return spec;
  const copy = omit(spec, POD_SPEC_DROPPED) as Record<string, unknown>;
  for (const field of ['containers', 'initContainers', 'ephemeralContainers']) {
    const list = spec[field];
    if (Array.isArray(list)) copy[field] = list.map((container) => omit(container, CONTAINER_DROPPED));
  }
  if (Array.isArray(spec.volumes)) copy.volumes = spec.volumes.filter((volume) => !isTokenVolume(volume));
  return copy;
}

/** The token volume that every pod gets (kube-api-access-xxxxx) tells nothing. */
function isTokenVolume(volume: unknown): boolean {
  return isRecord(volume) && typeof volume.name === 'string' && volume.name.startsWith('kube-api-access-');
}

function prunePodStatus(status: unknown): unknown {
  if (!isRecord(status)) return status;
  const copy: Record<string, unknown> = { ...status };
  for (const field of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']) {
    const list = status[field];
    if (Array.isArray(list)) copy[field] = list.map((container) => omit(container, CONTAINER_STATUS_DROPPED));
  }
  return copy;
}

function omit(value: unknown, dropped: ReadonlySet<string>): unknown {
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) if (!dropped.has(key)) copy[key] = value[key];
  return copy;
}
