import { KINDS, type KindName, kindKeyOf } from '../../model/kinds.ts';
import { isRecord } from '../../util/records.ts';
import type { ParsedDocument } from '../parse/parsed.ts';
import type { FilePlace } from './intake.ts';

/** What the items of a typed list are: they carry no kind of their own. */
export interface ItemType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Go prints an empty array as `null`; it counts only where the layout tells kind and namespace. */
export function isNullList(document: ParsedDocument, file: FilePlace): boolean {
  if (document.header !== undefined || document.array === true || !Array.isArray(document.values)) return false;
  const { kind, namespace } = file.hints;
  return (
    kind !== undefined && namespace !== undefined && document.values.length === 1 && document.values[0]?.value === null
  );
}

/** `PodList` of v1 holds Pods of v1; a `List` tells nothing. */
export function itemTypeOf(header: Readonly<Record<string, unknown>>): ItemType | undefined {
  const { apiVersion, kind } = header;
  if (typeof kind !== 'string' || kind === 'List' || !kind.endsWith('List')) return undefined;
  return { apiVersion: typeof apiVersion === 'string' ? apiVersion : 'v1', kind: kind.slice(0, -'List'.length) };
}

/** Bare arrays of old support bundles, and lists without a kind, hold objects without one; the folder's name tells it. */
export function typeFromHints(document: ParsedDocument, file: FilePlace): ItemType | undefined {
  const kind = file.hints.kind;
  const isUntold = document.array === true || (isRecord(document.header) && document.header.kind === undefined);
  if (!isUntold || kind === undefined) return undefined;
  const { group, version } = KINDS[kind];
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind: KINDS[kind].kind };
}

/** Whether a value with `items` is a List of the API, by its kind. */
export function isListHeader(value: Readonly<Record<string, unknown>>): boolean {
  return value.kind === undefined || (typeof value.kind === 'string' && value.kind.endsWith('List'));
}

/** Go prints an empty list as `items: null`, or leaves it out. A kind of someone's own may end in List too. */
export function isEmptyList(value: Readonly<Record<string, unknown>>): boolean {
  if (value.items !== undefined && value.items !== null) return false;
  const { metadata } = value;
  return value.spec === undefined && (!isRecord(metadata) || metadata.name === undefined);
}

/** The kind of the items that a list would hold, for one without any. */
export function emptyListKind(
  header: Readonly<Record<string, unknown>> | undefined,
  itemType: ItemType | undefined,
  file: FilePlace,
): KindName | undefined {
  if (itemType !== undefined) return kindKeyOf(itemType.apiVersion, itemType.kind);
  if (header !== undefined && header.kind !== 'List') return undefined;
  return file.hints.kind;
}

/** A page of a longer list carries a token for the next one. */
export function partialReason(
  header: Readonly<Record<string, unknown>> | undefined,
  complete: boolean,
): string | undefined {
  if (!complete) return 'the file ends in the middle of the list';
  const metadata = header?.metadata;
  const next = isRecord(metadata) ? metadata.continue : undefined;
  return typeof next === 'string' && next !== '' ? 'the first page of a longer list' : undefined;
}
