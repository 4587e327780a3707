import { modernise } from '../kube/modernise.ts';
import { isApplied } from '../model/applied.ts';
import { KINDS, type KindName, kindKeyOf } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import { refOf } from '../model/refs.ts';
import type { Coverage, MisreadWord, PodLog, ReadProblem, ToolOutput } from '../model/snapshot.ts';
import { kustomizeFault } from './kustomization.ts';
import { addTimes, type NewestTime, newestTime } from './newest-time.ts';
import type { ParsedDocument, ParsedValue } from './parsed.ts';
import type { PathHints } from './path-hints.ts';
import { differ, isPolicy, lineOfField, misnamedPolicy } from './policy-manifests.ts';
import { shapeFault } from './policy-shape.ts';
import { prune } from './prune.ts';
import { withTypes } from './types/field-types.ts';
import { typesOf } from './types/object-types.ts';

/** A list that was read: what it proves is decided when everything is known (coverage.ts). */
export interface Listing {
  readonly file: FilePlace;
  /** The kinds of its items; for an empty list the kind that its own kind or its file's name tells. */
  readonly kinds: readonly KindName[];
  /** Namespaces of its items. */
  readonly namespaces: readonly string[];
  readonly empty: boolean;
  /** Why the list is not whole: cut off, or a page of a longer list. */
  readonly partial: string | undefined;
  /** Place in the file, for dumps that write one list after the other. */
  readonly order: number;
}

/** An object that stood on its own, not in a List. */
export interface LooseObject {
  readonly file: FilePlace;
  readonly kind: KindName;
  readonly namespace: string;
  readonly name: string;
  readonly applied: boolean;
  /** The only document of its file. */
  readonly alone: boolean;
}

/** Where something was read. */
export interface FilePlace {
  /** Which of the given inputs. */
  readonly root: number;
  readonly path: string;
  readonly display: string;
  readonly hints: PathHints;
}

/** Everything gathered while reading, before it becomes a Snapshot. */
export interface Intake {
  readonly objects: Map<KindName, Map<string, KubeObject>>;
  readonly others: Map<string, Map<string, KubeObject>>;
  readonly origins: Map<string, string>;
  readonly listings: Listing[];
  readonly loose: LooseObject[];
  /** Coverage that a file states outright: refusals, the metadata of our own snapshots. */
  readonly stated: Coverage[];
  /** By owner: of two logs of the same run the longer one is kept. */
  readonly logs: Map<string, PodLog>;
  readonly tools: ToolOutput[];
  readonly problems: ReadProblem[];
  /** Words of manifests that kubectl reads otherwise. */
  readonly misread: MisreadWord[];
  /** For each input: the newest time of its objects, and the time its own metadata state. */
  readonly times: Map<number, { readonly newest: NewestTime; stated: string | undefined }>;
  /** The namespace of objects that name none. */
  readonly defaultNamespace: string;
  serverVersion: string | undefined;
  /** Inputs whose coverage is stated as a whole, so that nothing is concluded from their lists. */
  readonly settledRoots: Set<number>;
}

/** An intake with nothing in it. */
export function createIntake(defaultNamespace: string): Intake {
  return {
    objects: new Map(),
    others: new Map(),
    origins: new Map(),
    listings: [],
    loose: [],
    stated: [],
    logs: new Map(),
    tools: [],
    problems: [],
    misread: [],
    times: new Map(),
    defaultNamespace,
    serverVersion: undefined,
    settledRoots: new Set(),
  };
}

/** The times of one input. */
export function timesOf(intake: Intake, root: number): { readonly newest: NewestTime; stated: string | undefined } {
  let times = intake.times.get(root);
  if (times === undefined) {
    times = { newest: newestTime(), stated: undefined };
    intake.times.set(root, times);
  }
  return times;
}

/** Sees values that are no objects of the cluster but tell about the dump (a version, a refusal, metadata). */
export type MetaReader = (value: Readonly<Record<string, unknown>>, file: FilePlace) => boolean;

/** Takes over one document; `order` is its place in the file, `only` that the file holds no other. */
export function takeDocument(
  intake: Intake,
  document: ParsedDocument,
  file: FilePlace,
  order: number,
  only: boolean,
  meta: MetaReader,
): void {
  const header = isRecord(document.header) ? document.header : undefined;
  if (isNullList(document, file)) {
    takeDocument(intake, { array: true, values: [], complete: true }, file, order, only, meta);
    return;
  }
  const isList = header !== undefined || document.array === true;
  const itemType = header === undefined ? undefined : itemTypeOf(header);
  const kinds = new Set<KindName>();
  const namespaces = new Set<string>();
  const loose: LooseObject[] = [];
  let count = 0;
  for (const parsed of document.values) {
    const found = takeValue(intake, parsed, file, itemType ?? typeFromHints(document, file), meta, order);
    if (found === undefined) continue;
    count++;
    if (found === 'other') continue;
    kinds.add(found.kind);
    if (KINDS[found.kind].namespaced) namespaces.add(found.namespace);
    loose.push({ file, ...found, alone: only && !isList });
  }
  if (header !== undefined && !isListHeader(header)) {
    // Not a List but an object with a field `items`.
    if (count === 0) takeValue(intake, { value: header, line: undefined }, file, undefined, meta, order);
    return;
  }
  const written = loose.length > 0 && loose.every((object) => !object.applied);
  // A List of manifests, or a bare array filtered by someone, is no listing by a server.
  if (!isList || (document.array === true && file.hints.kind === undefined) || (header?.kind === 'List' && written)) {
    intake.loose.push(...loose);
    return;
  }
  const listed = emptyListKind(header, itemType, file);
  if (count === 0 && listed === undefined) return;
  if (listed !== undefined && header?.kind !== 'List') kinds.add(listed);
  if (kinds.size === 0 && count === 0 && listed !== undefined) kinds.add(listed);
  if (kinds.size === 0) return;
  intake.listings.push({
    file,
    kinds: [...kinds],
    namespaces: [...namespaces],
    empty: count === 0,
    partial: partialReason(header, document.complete),
    order,
  });
}

/** Go prints an empty array as `null`; it counts only where the layout tells kind and namespace. */
function isNullList(document: ParsedDocument, file: FilePlace): boolean {
  if (document.header !== undefined || document.array === true || !Array.isArray(document.values)) return false;
  const { kind, namespace } = file.hints;
  return (
    kind !== undefined && namespace !== undefined && document.values.length === 1 && document.values[0]?.value === null
  );
}

interface ItemType {
  readonly apiVersion: string;
  readonly kind: string;
}

function takeValue(
  intake: Intake,
  parsed: ParsedValue,
  file: FilePlace,
  itemType: ItemType | undefined,
  meta: MetaReader,
  order: number,
): Omit<LooseObject, 'file' | 'alone'> | 'other' | undefined {
  if (!isRecord(parsed.value)) return undefined;
  // Items of typed lists carry no kind of their own: the API server leaves it to the list.
  const value =
    itemType !== undefined && typeof parsed.value.kind !== 'string' ? { ...itemType, ...parsed.value } : parsed.value;
  if (meta(value, file)) return undefined;
  const { apiVersion, kind } = value;
  const misnamed = misnamedPolicy(value);
  if (misnamed !== undefined) {
    const { namespace = intake.defaultNamespace } = isRecord(value.metadata) ? value.metadata : {};
    const policyOf = String(kind).toLowerCase() === 'networkpolicy' ? String(namespace) : '*';
    addProblem(intake, file, parsed.line, misnamed, { policyOf });
    return undefined;
  }
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || kind === '') return undefined;
  if (isListHeader(value) && (Array.isArray(value.items) || isEmptyList(value))) {
    const values = (Array.isArray(value.items) ? value.items : []).map((item: unknown) => ({
      value: item,
      line: parsed.line,
    }));
    takeDocument(intake, { header: value, values, complete: true }, file, order, false, meta);
    return undefined;
  }
  const built = kustomizeFault(value);
  if (built !== undefined) addProblem(intake, file, parsed.line, built, { doubt: true });
  const key = kindKeyOf(apiVersion, kind);
  // A policy without metadata is refused by the server like any other, but must not be passed over as if it were not there.
  const whole = isRecord(value.metadata) || !isPolicy(key) ? value : { ...value, metadata: {} };
  if (!isRecord(whole.metadata)) return undefined;
  addTimes(whole, timesOf(intake, file.root).newest);
  const read = prune(whole) as KubeObject;
  const typed = withTypes(key === undefined ? read : modernise(key, read), typesOf(key), '');
  const object = withNamespace(typed.value as KubeObject, key, intake.defaultNamespace);
  const applied = isApplied(object);
  const { namespace = '', name = '' } = object.metadata ?? {};
  if (key === undefined) {
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    keep(mapOf(intake.others, `${group}/${kind}`), object);
    return 'other';
  }
  const known = mapOf(intake.objects, key);
  const fault = shapeFault(key, object);
  if (fault !== undefined) {
    addProblem(intake, file, lineOfField(parsed, fault), fault, { policyOf: namespace || '*' });
    return { kind: key, namespace, name, applied };
  }
  if (typed.faults.length > 0) {
    const more = typed.faults.length === 1 ? '' : ` (and ${typed.faults.length - 1} more)`;
    addProblem(intake, file, parsed.line, `${kind} ${name}: ${typed.faults[0] ?? ''}${more}`, {
      refused: refOf(object, key),
    });
  }
  if (parsed.twice !== undefined && isPolicy(key)) {
    const [field, line] = parsed.twice;
    addProblem(intake, file, line, `${kind} ${name} has ${field} twice; the one above is lost`, { doubt: true });
  }
  const place = `${key}/${namespace}/${name}`;
  const other = isPolicy(key) && !applied ? known.get(`${namespace}/${name}`) : undefined;
  if (other !== undefined && !isApplied(other) && differ(other, object)) {
    const message = `${kind} ${name} stands in ${intake.origins.get(place) ?? ''} as well, with other content; this one is taken`;
    addProblem(intake, file, parsed.line, message, { doubt: true });
  }
  if (keep(known, object)) {
    const origin = parsed.line === undefined ? file.display : `${file.display}:${parsed.line}`;
    intake.origins.set(place, origin);
    for (const [rule, line] of parsed.rules ?? []) {
      intake.origins.set(`${place}#${rule}`, `${file.display}:${line}`);
    }
  }
  return { kind: key, namespace, name, applied };
}

function addProblem(
  intake: Intake,
  file: FilePlace,
  line: number | undefined,
  message: string,
  more: Pick<ReadProblem, 'policyOf' | 'doubt' | 'refused'>,
): void {
  intake.problems.push({ path: file.display, ...(line === undefined ? {} : { line }), message, ...more });
}

/** Keeps the newer of two versions of an object; of equally old ones the one read later. */
function keep(map: Map<string, KubeObject>, object: KubeObject): boolean {
  const { namespace = '', name = '', resourceVersion } = object.metadata ?? {};
  const key = name === '' ? `${namespace}/#${map.size}` : `${namespace}/${name}`;
  const known = map.get(key);
  if (known !== undefined && versionOf(known.metadata?.resourceVersion) > versionOf(resourceVersion)) return false;
  map.set(key, object);
  return true;
}

/** Versions count up within one cluster; anything that is no number is older than every number. */
function versionOf(version: string | undefined): number {
  const value = Number(version ?? '');
  return version !== undefined && version !== '' && Number.isFinite(value) ? value : -1;
}

/** A manifest without a namespace goes where it would be applied. */
function withNamespace(object: KubeObject, key: KindName | undefined, namespace: string): KubeObject {
  if (key === undefined || object.metadata === undefined) return object;
  const present = object.metadata.namespace;
  if (KINDS[key].namespaced === (present !== undefined && present !== null && present !== '')) return object;
  const { namespace: _, ...rest } = object.metadata;
  return { ...object, metadata: KINDS[key].namespaced ? { ...rest, namespace } : rest };
}

/** `PodList` of v1 holds Pods of v1; a `List` tells nothing. */
function itemTypeOf(header: Readonly<Record<string, unknown>>): ItemType | undefined {
  const { apiVersion, kind } = header;
  if (typeof kind !== 'string' || kind === 'List' || !kind.endsWith('List')) return undefined;
  return { apiVersion: typeof apiVersion === 'string' ? apiVersion : 'v1', kind: kind.slice(0, -'List'.length) };
}

/** Bare arrays of old support bundles hold objects without a kind; the folder's name tells it. */
function typeFromHints(document: ParsedDocument, file: FilePlace): ItemType | undefined {
  const kind = file.hints.kind;
  if (document.array !== true || kind === undefined) return undefined;
  const { group, version } = KINDS[kind];
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind: KINDS[kind].kind };
}

function isListHeader(value: Readonly<Record<string, unknown>>): boolean {
  return value.kind === undefined || (typeof value.kind === 'string' && value.kind.endsWith('List'));
}

/** Go prints an empty list as `items: null`, or leaves it out. A kind of someone's own may end in List too. */
function isEmptyList(value: Readonly<Record<string, unknown>>): boolean {
  if (value.items !== undefined && value.items !== null) return false;
  const { metadata } = value;
  return value.spec === undefined && (!isRecord(metadata) || metadata.name === undefined);
}

function emptyListKind(
  header: Readonly<Record<string, unknown>> | undefined,
  itemType: ItemType | undefined,
  file: FilePlace,
): KindName | undefined {
  if (itemType !== undefined) return kindKeyOf(itemType.apiVersion, itemType.kind);
  if (header !== undefined && header.kind !== 'List') return undefined;
  return file.hints.kind;
}

/** A page of a longer list carries a token for the next one. */
function partialReason(header: Readonly<Record<string, unknown>> | undefined, complete: boolean): string | undefined {
  if (!complete) return 'the file ends in the middle of the list';
  const metadata = header?.metadata;
  const next = isRecord(metadata) ? metadata.continue : undefined;
  return typeof next === 'string' && next !== '' ? 'the first page of a longer list' : undefined;
}

function mapOf<K, T>(maps: Map<K, Map<string, T>>, key: K): Map<string, T> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
