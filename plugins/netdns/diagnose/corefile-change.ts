import { serversCorefile } from '../../../shared/dns/corefile/sources.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { lastChange } from '../../../shared/model/managed-fields.ts';

/** The kubelet renews its copy within a minute or so, plugin reload looks every 30 to 45 s. */
const ON_ITS_WAY_MS = 180_000;

/** When the Corefile of the DNS servers was changed last; undefined where the API server's note of it was not read. */
export function corefileChangedAt(index: ClusterIndex): string | undefined {
  const source = serversCorefile(index);
  const map = source === undefined ? undefined : index.get('ConfigMap', source.ref.namespace, source.ref.name);
  return map === undefined ? undefined : lastChange(map, ['data'])?.time;
}

/** Whether a change is so young that servers may not have taken it over yet. */
export function changeIsOnItsWay(index: ClusterIndex): boolean {
  const changed = corefileChangedAt(index);
  return changed !== undefined && index.now - Date.parse(changed) < ON_ITS_WAY_MS;
}
