import type { KubeObject } from '../api.ts';
import type { CrdGroup } from '../options.ts';

export async function crdObjects(groups: readonly CrdGroup[]): Promise<readonly KubeObject[]> {
  return groups.length === 0 ? [] : [];
}
