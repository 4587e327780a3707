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

const META_DROPPED = new Set(['managedFields', 'selfLink']);
const STATUS_DROPPED = new Set(['f:status']);
const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers'];
const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];
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
 * small in memory. Values of Secrets never come through. The argument is not changed; what has nothing to leave out comes
 * back as it is.
 */
export function prune(object: Json): Json {
  const kind = object.kind as string;
  const managed = KEEP_MANAGED.has(kind) || (isRecord(object.data) && object.data.Corefile !== undefined);
  const lean = changed(object, { metadata: pruneMeta(object.metadata, managed) });
  switch (kind) {
    case 'Pod':
      return changed(lean, { spec: prunePodSpec(object.spec), status: prunePodStatus(object.status) });
    case 'Node':
      return changed(lean, { status: omit(object.status, NODE_STATUS_DROPPED) });
    case 'Secret':
      return keptSecret(lean);
    case 'ConfigMap':
      return changed(lean, { binaryData: undefined });
    case 'CustomResourceDefinition':
      // The schemas; no one reads them and they are most of a support bundle.
      return changed(lean, { spec: undefined });
    default:
      return isRecord(object.spec) ? changed(lean, { spec: pruneTemplates(object.spec) }) : lean;
  }
}

function pruneMeta(meta: unknown, managed: boolean): unknown {
  if (!isRecord(meta)) return undefined;
  const { managedFields } = meta;
  return changed(omit(meta, META_DROPPED) as Json, {
    annotations: pruneAnnotations(meta.annotations),
    managedFields: managed && Array.isArray(managedFields) ? pruneManaged(managedFields) : undefined,
  });
}

function pruneAnnotations(annotations: unknown): unknown {
  if (!isRecord(annotations)) return undefined;
  const dropped = new Set<string>();
  for (const key in annotations) {
    const value = annotations[key];
    if (key === LAST_APPLIED || (typeof value === 'string' && value.length > LONGEST_ANNOTATION)) dropped.add(key);
  }
  return omit(annotations, dropped);
}

/** Who owns spec and metadata; what status writers own is never asked. */
function pruneManaged(entries: readonly unknown[]): unknown[] {
  const kept: unknown[] = [];
  for (const entry of entries) {
    if (!isRecord(entry) || entry.subresource === 'status') continue;
    kept.push(changed(entry, { fieldsV1: omit(entry.fieldsV1, STATUS_DROPPED) }));
  }
  return kept;
}

function pruneTemplates(spec: Json): Json {
  const { template, jobTemplate } = spec;
  return changed(spec, {
    template: isRecord(template) ? changed(template, { spec: prunePodSpec(template.spec) }) : template,
    jobTemplate:
      isRecord(jobTemplate) && isRecord(jobTemplate.spec)
        ? changed(jobTemplate, { spec: pruneTemplates(jobTemplate.spec) })
        : jobTemplate,
  });
}

function prunePodSpec(spec: unknown): unknown {
  if (!isRecord(spec)) return spec;
  const { volumes } = spec;
  const lean = withoutInLists(omit(spec, POD_SPEC_DROPPED) as Json, CONTAINERS, CONTAINER_DROPPED);
  if (!Array.isArray(volumes) || !volumes.some(isTokenVolume)) return lean;
  return changed(lean, { volumes: volumes.filter((volume) => !isTokenVolume(volume)) });
}

/** The token volume that every pod gets (kube-api-access-xxxxx) tells nothing. */
function isTokenVolume(volume: unknown): boolean {
  return isRecord(volume) && typeof volume.name === 'string' && volume.name.startsWith('kube-api-access-');
}

function prunePodStatus(status: unknown): unknown {
  return isRecord(status) ? withoutInLists(status, STATUSES, CONTAINER_STATUS_DROPPED) : status;
}

/** The object, with what the items of its lists have of `dropped` left out. */
function withoutInLists(object: Json, fields: readonly string[], dropped: ReadonlySet<string>): Json {
  const lists: Record<string, unknown> = {};
  for (const field of fields) {
    const list = object[field];
    if (!Array.isArray(list)) continue;
    const lean = list.map((item) => omit(item, dropped));
    if (lean.some((item, at) => item !== list[at])) lists[field] = lean;
  }
  return changed(object, lists);
}

/** The object with these fields in place of its own; one that is undefined is left out. */
function changed(object: Json, fields: Json): Json {
  let copy: Record<string, unknown> | undefined;
  for (const field in fields) {
    if (fields[field] === object[field]) continue;
    copy ??= { ...object };
    if (fields[field] === undefined) delete copy[field];
    else copy[field] = fields[field];
  }
  return copy ?? object;
}

function omit(value: unknown, dropped: ReadonlySet<string>): unknown {
  if (!isRecord(value)) return value;
  let none = true;
  for (const key in value) if (dropped.has(key)) none = false;
  if (none) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) if (!dropped.has(key)) copy[key] = value[key];
  return copy;
}
