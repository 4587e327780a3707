import { KINDS, type KindName } from '../../model/kinds.ts';
import type { PodLog } from '../../model/snapshot.ts';

/** The apiVersion and kind of the metadata in our own snapshots. */
export const SNAPSHOT_API_VERSION = 'kubectl-net/v1';
export const SNAPSHOT_KIND = 'Snapshot';

/** The metadata file; it stands first in the archive. */
export const METADATA_FILE = 'snapshot.json';

/** `objects/pods.json`, `objects/endpointslices.discovery.k8s.io.json`. */
export function objectsFile(kind: KindName): string {
  const { plural, group } = KINDS[kind];
  return `objects/${group === '' ? plural : `${plural}.${group}`}.json`;
}

/** Kinds outside the model, keyed by `group/Kind`: `objects/other/IngressRoute.traefik.io.json`. */
export function otherObjectsFile(key: string): string {
  const slash = key.indexOf('/');
  const group = key.slice(0, slash);
  const kind = safePart(key.slice(slash + 1));
  return `objects/other/${group === '' ? kind : `${kind}.${safePart(group)}`}.json`;
}

/** `logs/NAMESPACE/POD/CONTAINER[.previous].log`. */
export function logFile(log: PodLog): string {
  const name = log.previous ? `${log.container}.previous.log` : `${log.container}.log`;
  return `logs/${[log.namespace, log.pod, name].map(safePart).join('/')}`;
}

/** Below `tools/`, whatever folder the output came from. */
export function toolFile(path: string): string {
  const parts = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '')
    .map(safePart);
  return (parts[0] === 'tools' ? parts : ['tools', ...parts]).join('/');
}

/** A path part that leads nowhere else and is a file name on every system. */
function safePart(part: string): string {
  const safe = part.replaceAll(/[^\w.+@=,-]/g, '_');
  return /^\.+$/.test(safe) ? '_' : safe;
}
