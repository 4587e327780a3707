import { posix } from 'node:path';
import { KINDS, type KindName } from '../model/kinds.ts';
import type { FilePlace, Intake, Listing } from './intake/intake.ts';

/**
 * Kinds that stand in at least two namespaces of every real cluster (default and kube-system). A list of one of them
 * that names one namespace, or none, was asked for one namespace; a list of Ingresses may be that short by chance.
 */
const EVERYWHERE: ReadonlySet<KindName> = new Set<KindName>([
  'ConfigMap',
  'EndpointSlice',
  'Endpoints',
  'Pod',
  'Service',
  'ServiceAccount',
]);

function isEverywhere(listing: Listing): boolean {
  return listing.kinds.some((kind) => EVERYWHERE.has(kind));
}

/** Tells for which namespace a list speaks: a name, `*` for all, undefined when nothing proves it. */
export type ScopeOf = (listing: Listing) => string | undefined;

/**
 * What each list proves. In this order:
 * 1. A list with objects of several namespaces was asked of the whole cluster, a kind without namespaces always is.
 * 2. A list with objects of one namespace speaks for that namespace; for the cluster only when its folder holds other
 *    lists of the whole cluster and none that was surely asked of one namespace.
 * 3. An empty list speaks for the namespace that the layout or a confirmed word of its path names, that of the dump
 *    cycle around it, or that of the lists beside it when they agree. Otherwise it proves nothing.
 */
export function scopes(intake: Intake): ScopeOf {
  const known = knownNamespaces(intake);
  const folders = foldersOf(intake);
  const cycles = dumpCycles(intake.listings);
  return (listing) => {
    const { hints } = listing.file;
    if (listing.kinds.every((kind) => !KINDS[kind].namespaced)) return '*';
    if (listing.namespaces.length > 1) return '*';
    const folder = folders.get(folderOf(listing.file));
    const [only] = listing.namespaces;
    if (only !== undefined) return folder?.clusterWide === true || hints.namespace === '*' ? '*' : only;
    if (hints.namespace !== undefined) return hints.namespace;
    const cycle = cycles.get(listing);
    if (cycle !== undefined) return cycle === '' ? undefined : cycle;
    const confirmed = hints.candidates.find(
      (word) => known.has(word) || folders.get(folderOf(listing.file))?.own === word,
    );
    if (confirmed !== undefined) return confirmed;
    if (folder?.clusterWide === true) return isEverywhere(listing) ? undefined : '*';
    return folder?.namespaces.size === 1 ? [...folder.namespaces][0] : undefined;
  };
}

interface Folder {
  readonly namespaces: Set<string>;
  /** Some list spans namespaces, and none of a kind that is everywhere names just one. */
  clusterWide: boolean;
  /** The folder's own name, when folders beside it are named after the one namespace they hold. */
  own: string | undefined;
}

function foldersOf(intake: Intake): Map<string, Folder> {
  const folders = new Map<string, Folder & { wide: boolean; narrow: boolean }>();
  const at = (file: FilePlace): Folder & { wide: boolean; narrow: boolean } => {
    const key = folderOf(file);
    let folder = folders.get(key);
    if (folder === undefined) {
      folder = { namespaces: new Set(), clusterWide: false, own: undefined, wide: false, narrow: false };
      folders.set(key, folder);
    }
    return folder;
  };
  for (const listing of intake.listings) {
    const folder = at(listing.file);
    for (const namespace of listing.namespaces) folder.namespaces.add(namespace);
    if (listing.namespaces.length > 1) folder.wide = true;
    if (listing.namespaces.length <= 1 && isEverywhere(listing)) folder.narrow = true;
  }
  for (const object of intake.loose) {
    if (KINDS[object.kind].namespaced) at(object.file).namespaces.add(object.namespace);
  }
  const parents = new Set<string>();
  for (const [key, folder] of folders) {
    folder.clusterWide = folder.wide && !folder.narrow;
    if (folder.namespaces.size === 1 && folder.namespaces.has(posix.basename(key))) parents.add(posix.dirname(key));
  }
  for (const [key, folder] of folders) if (parents.has(posix.dirname(key))) folder.own = posix.basename(key);
  return folders;
}

function folderOf(file: FilePlace): string {
  return posix.dirname(file.display.replaceAll('\\', '/').replace(':', '/'));
}

function knownNamespaces(intake: Intake): Set<string> {
  const known = new Set<string>();
  for (const listing of intake.listings) for (const namespace of listing.namespaces) known.add(namespace);
  for (const object of intake.loose) if (KINDS[object.kind].namespaced) known.add(object.namespace);
  for (const namespace of intake.objects.get('Namespace')?.values() ?? []) known.add(namespace.metadata?.name ?? '');
  known.delete('');
  return known;
}

/**
 * `kubectl cluster-info dump` prints, namespace by namespace, the lists of events, replication controllers, services,
 * daemon sets, deployments, replica sets and pods (clusterinfo_dump.go). An empty list belongs to the namespace that
 * the other lists of its round name; to none (empty text) when all of them are empty.
 */
function dumpCycles(listings: readonly Listing[]): Map<Listing, string> {
  const cycles = new Map<Listing, string>();
  const files = new Map<string, Listing[]>();
  for (const listing of listings) {
    const list = files.get(listing.file.display);
    if (list === undefined) files.set(listing.file.display, [listing]);
    else list.push(listing);
  }
  for (const list of files.values()) {
    if (!list.some(isOf('Event')) || !list.some(isOf('ReplicationController'))) continue;
    let round: Listing[] = [];
    const close = (): void => {
      const namespaces = new Set(round.flatMap((listing) => listing.namespaces));
      const [namespace = ''] = namespaces;
      for (const listing of round) cycles.set(listing, namespaces.size === 1 ? namespace : '');
    };
    for (const listing of [...list].sort((a, b) => a.order - b.order)) {
      if (isOf('Event')(listing)) {
        close();
        round = [];
      }
      round.push(listing);
    }
    close();
  }
  return cycles;
}

function isOf(kind: KindName): (listing: Listing) => boolean {
  return (listing) => listing.kinds.length === 1 && listing.kinds[0] === kind;
}
