import type { KubeObject } from './objects.ts';

/** Who wrote a field last, as far as the API server noted it. */
export interface FieldChange {
  readonly manager: string;
  readonly operation: string;
  readonly time: string;
}

/**
 * The newest managedFields entry that owns a path such as `['spec', 'selector']`. The time is that of the manager's last
 * write to the object, which is an upper bound: the manager may have touched other fields later.
 */
export function lastChange(object: KubeObject, path: readonly string[]): FieldChange | undefined {
  let newest: FieldChange | undefined;
  for (const { manager = 'unknown', operation = '', time, fieldsV1 } of object.metadata?.managedFields ?? []) {
    if (time === undefined || !owns(fieldsV1, path)) continue;
    if (newest === undefined || time > newest.time) newest = { manager, operation, time };
  }
  return newest;
}

function owns(fields: unknown, path: readonly string[]): boolean {
  let current = fields;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return false;
    current = (current as Record<string, unknown>)[`f:${part}`];
  }
  return current !== undefined;
}
