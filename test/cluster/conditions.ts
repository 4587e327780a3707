import type { KubeObject } from './api.ts';

/** Status of one of an object's conditions: "True", "False" or "Unknown"; nothing when it has no such condition. */
export function conditionOf(object: KubeObject | undefined, type: string): string | undefined {
  const conditions = object?.status?.conditions as readonly { type: string; status: string }[] | undefined;
  return conditions?.find((condition) => condition.type === type)?.status;
}
