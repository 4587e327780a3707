import { ALL_KINDS, KINDS, type KindName } from '../model/kinds.ts';
import type { Coverage } from '../model/snapshot.ts';
import { compareText } from '../util/text.ts';
import { inferPods } from './infer-pods.ts';
import type { Intake, LooseObject } from './intake/intake.ts';
import { scopes } from './listing-scope.ts';
import { countedPods, loopedNamespaces } from './one-file-each.ts';

/** Kinds whose controllers make pods; as manifests only, the pods do not exist yet. */
const MAKES_PODS: ReadonlySet<KindName> = new Set<KindName>([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
]);

/**
 * What the files prove about each kind. Absence must never become a fault: a kind has an entry only when something
 * shows that it was listed, and `ok` without `subset` only when that list was whole.
 *
 * - A List (also an empty one whose kind is known) proves what `listing-scope.ts` says.
 * - Objects in files of their own, or documents of one file, are taken as the whole world of their input: its
 *   namespaces, or all of them when several occur. Exceptions, which become a `subset`: an object of a server that
 *   stands alone in its file and alone of its kind in its namespace (`kubectl get pod web-1 -o yaml` says nothing of
 *   other pods) unless the files are those of a loop over all objects (one-file-each.ts), and pods beside manifests of
 *   workloads that were never applied.
 * - A folder of a known layout with one file for each object (`namespaces/NS/core/nodes/…`) is a list.
 * - Refusals and the metadata of our own snapshots are taken as they are.
 * - When every namespace of a complete list of namespaces was listed, all were.
 */
export function coverageOf(intake: Intake): Coverage[] {
  const entries: Coverage[] = [...intake.stated];
  const scopeOf = scopes(intake);
  for (const listing of intake.listings) {
    if (intake.settledRoots.has(listing.file.root)) continue;
    const scope = scopeOf(listing);
    for (const kind of listing.kinds) {
      const namespace = KINDS[kind].namespaced ? scope : '*';
      if (namespace !== undefined) entries.push(ok(kind, namespace, listing.partial));
    }
  }
  const roots = new Map<number, LooseObject[]>();
  for (const object of intake.loose) {
    if (intake.settledRoots.has(object.file.root)) continue;
    const structured = structuredEntry(object);
    if (structured !== undefined) entries.push(structured);
    else push(roots, object.file.root, object);
  }
  for (const objects of roots.values()) entries.push(...looseEntries(objects, intake));
  entries.push(...inferPods(intake.objects, entries));
  return tidy(withWholeCluster(entries, intake));
}

/** The entry of an object in a known layout. */
function structuredEntry({ file, kind, namespace, name }: LooseObject): Coverage | undefined {
  const { folderKind, namespace: scope } = file.hints;
  const where = KINDS[kind].namespaced ? namespace : '*';
  if (folderKind === kind) return ok(kind, where);
  return scope === undefined ? undefined : ok(kind, where, `name=${name}`);
}

function looseEntries(objects: readonly LooseObject[], intake: Intake): Coverage[] {
  const looped = loopedNamespaces(objects);
  const isLooped = ({ kind, namespace }: LooseObject): boolean =>
    looped.has(namespace) && (kind !== 'Pod' || countedPods(intake, namespace) <= 1);
  const byKind = new Map<KindName, LooseObject[]>();
  const namespaces = new Set<string>();
  const unmade = new Set<string>();
  for (const object of objects) {
    push(byKind, object.kind, object);
    if (KINDS[object.kind].namespaced) namespaces.add(object.namespace);
    if (MAKES_PODS.has(object.kind) && !object.applied) unmade.add(object.namespace);
  }
  const entries: Coverage[] = [];
  for (const [kind, all] of byKind) {
    const byNamespace = new Map<string, LooseObject[]>();
    for (const object of all) push(byNamespace, KINDS[kind].namespaced ? object.namespace : '*', object);
    const found = [...byNamespace].map(([namespace, list]) =>
      ok(kind, namespace, subsetOf(kind, list, unmade, isLooped)),
    );
    const whole = found.every((entry) => entry.subset === undefined);
    const pending = kind === 'Pod' && unmade.size > 0 && all.every((object) => !object.applied);
    // A loop over some namespaces says nothing of others.
    const wide =
      namespaces.size > 1 && (looped.size === namespaces.size || !all.some((one) => looped.has(one.namespace)));
    entries.push(...(whole && !pending && wide ? [ok(kind, '*')] : found));
  }
  return entries;
}

function subsetOf(
  kind: KindName,
  list: readonly LooseObject[],
  unmade: ReadonlySet<string>,
  isLooped: (object: LooseObject) => boolean,
): string | undefined {
  const [first] = list;
  if (first !== undefined && list.length === 1 && first.applied && first.alone && !isLooped(first))
    return `name=${first.name}`;
  if (kind !== 'Pod' || list.some((object) => object.applied)) return undefined;
  return unmade.has(first?.namespace ?? '') ? 'pods written as manifests' : undefined;
}

/** Adds `*` for kinds that were listed in every namespace there is. */
function withWholeCluster(entries: readonly Coverage[], intake: Intake): Coverage[] {
  const all = entries.some((entry) => entry.kind === 'Namespace' && isWhole(entry) && entry.namespace === '*');
  const names = [...(intake.objects.get('Namespace')?.values() ?? [])].map((object) => object.metadata?.name ?? '');
  // A list without it was asked for some namespaces by name, as bundles of a few namespaces are.
  if (!all || !names.includes('kube-system')) return [...entries];
  const result = [...entries];
  for (const kind of ALL_KINDS) {
    if (!KINDS[kind].namespaced) continue;
    const listed = new Set<string>();
    for (const entry of entries) if (entry.kind === kind && isWhole(entry)) listed.add(entry.namespace);
    if (listed.size > 0 && !listed.has('*') && names.every((name) => listed.has(name))) result.push(ok(kind, '*'));
  }
  return result;
}

/** Without entries that a wider one makes needless, each once, in a fixed order. */
function tidy(entries: readonly Coverage[]): Coverage[] {
  const everywhere = new Set(entries.filter((e) => e.namespace === '*' && isWhole(e)).map((e) => e.kind));
  const whole = new Set(entries.filter(isWhole).map((e) => `${e.kind}/${e.namespace}`));
  const kept = new Map<string, Coverage>();
  for (const entry of entries) {
    const narrower = everywhere.has(entry.kind) && entry.namespace !== '*';
    const weaker = !isWhole(entry) && whole.has(`${entry.kind}/${entry.namespace}`);
    if (narrower || weaker) continue;
    kept.set(sortKey(entry), entry);
  }
  return sortCoverage([...kept.values()]);
}

/** Coverage in the one order in which it is kept and written. */
export function sortCoverage(entries: readonly Coverage[]): Coverage[] {
  return [...entries].sort((a, b) => compareText(sortKey(a), sortKey(b)));
}

function sortKey({ kind, namespace, status, subset = '', reason = '' }: Coverage): string {
  return `${kind}/${namespace}/${status}/${subset}/${reason}`;
}

function isWhole(entry: Coverage): boolean {
  return entry.status === 'ok' && entry.subset === undefined;
}

function ok(kind: KindName, namespace: string, subset?: string): Coverage {
  return subset === undefined ? { kind, namespace, status: 'ok' } : { kind, namespace, status: 'ok', subset };
}

function push<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
