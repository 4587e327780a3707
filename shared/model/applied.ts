import type { KubeObject } from './objects.ts';

/**
 * Whether an object carries what only an API server gives. Narrower than `isApplied`: the pods that manifests would make
 * have a status, which is imagined.
 */
export function isStored({ metadata }: KubeObject): boolean {
  return metadata?.uid !== undefined || metadata?.resourceVersion !== undefined;
}

/**
 * Whether an object was ever stored by an API server. A manifest that was only written has none of the fields that a
 * server adds; what a controller would derive from it (pods, endpoints) does not exist yet.
 */
export function isApplied(object: KubeObject): boolean {
  const { uid, resourceVersion, creationTimestamp } = object.metadata ?? {};
  if (isSet(uid) || isSet(resourceVersion) || isSet(creationTimestamp)) return true;
  const status = (object as { status?: unknown }).status;
  return typeof status === 'object' && status !== null && Object.keys(status).some((key) => hasContent(status, key));
}

/** Generators leave empty fields behind: `creationTimestamp: null`, `status: {loadBalancer: {}}`. */
function isSet(value: string | null | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

function hasContent(status: object, key: string): boolean {
  const value = (status as Readonly<Record<string, unknown>>)[key];
  if (value === undefined || value === null || value === 0) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
