import { KINDS, type KindName } from '../../model/kinds.ts';
import { isRecord } from '../../util/records.ts';
import type { ParsedDocument, ParsedValue } from '../parse/parsed.ts';
import { addProblem, type FilePlace, type Intake, type LooseObject } from './intake.ts';
import {
  emptyListKind,
  type ItemType,
  isEmptyList,
  isListHeader,
  isNullList,
  itemTypeOf,
  partialReason,
  typeFromHints,
} from './list-headers.ts';
import { mapDocuments } from './map-documents.ts';
import { misnamedPolicy } from './policy-manifests.ts';
import { isNamed, type TakenObject, takeObject } from './take-object.ts';

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
  if (document.twice !== undefined) {
    const [key, line] = document.twice;
    addProblem(intake, file, line, `${key} stands twice in one mapping of this list; the one above is lost`, {
      doubt: true,
    });
  }
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

function takeValue(
  intake: Intake,
  parsed: ParsedValue,
  file: FilePlace,
  itemType: ItemType | undefined,
  meta: MetaReader,
  order: number,
): TakenObject | 'other' | undefined {
  if (!isRecord(parsed.value)) return undefined;
  // Items of typed lists carry no kind of their own: the API server leaves it to the list.
  const value =
    itemType !== undefined && typeof parsed.value.kind !== 'string' ? { ...itemType, ...parsed.value } : parsed.value;
  if (meta(value, file)) return undefined;
  const misnamed = misnamedPolicy(value);
  if (misnamed !== undefined) {
    const { namespace = intake.defaultNamespace } = isRecord(value.metadata) ? value.metadata : {};
    const policyOf = String(value.kind).toLowerCase() === 'networkpolicy' ? String(namespace) : '*';
    addProblem(intake, file, parsed.line, misnamed, { policyOf });
    return undefined;
  }
  if (!isNamed(value)) {
    for (const { document, hints } of mapDocuments(value, file.hints, parsed.line)) {
      takeDocument(intake, document, { ...file, hints }, order, false, meta);
    }
    return undefined;
  }
  if (isListHeader(value) && (Array.isArray(value.items) || isEmptyList(value))) {
    const values = (Array.isArray(value.items) ? value.items : []).map((item: unknown) => ({
      value: item,
      line: parsed.line,
    }));
    takeDocument(intake, { header: value, values, complete: true }, file, order, false, meta);
    return undefined;
  }
  return takeObject(intake, value, parsed, file);
}
