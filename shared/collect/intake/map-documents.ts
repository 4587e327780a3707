import { isApplied } from '../../model/applied.ts';
import type { KubeObject } from '../../model/objects.ts';
import { isRecord } from '../../util/records.ts';
import { kindOfWord } from '../files/kind-names.ts';
import type { PathHints } from '../files/path-hints.ts';
import type { ParsedDocument, ParsedValue } from '../parse/parsed.ts';
import { isListHeader } from './list-headers.ts';
import { isNamed } from './take-object.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A document below a key, with what the keys tell of it. */
export interface KeyedDocument {
  readonly document: ParsedDocument & { readonly values: readonly ParsedValue[] };
  readonly hints: PathHints;
}

/** How deep objects are looked for below keys of somebody's own. */
const MOST_KEYS = 4;

/**
 * What programs write that keep a cluster's answers under keys: lists or arrays by kind, by namespace and kind, single
 * objects. Manifests below other keys are values of something else, a chart for one; a map that holds no object at all is
 * none of a cluster, whatever words its keys are.
 */
export function mapDocuments(map: Fields, hints: PathHints, line: number | undefined): readonly KeyedDocument[] {
  const found = below(map, hints, line, MOST_KEYS);
  return found.some(({ document }) => document.values.length > 0) ? found : [];
}

function below(map: Fields, { kind: _, ...hints }: PathHints, line: number | undefined, left: number): KeyedDocument[] {
  return Object.entries(map).flatMap(([key, value]): KeyedDocument[] => {
    const kind = kindOfWord(key);
    const told = kind === undefined ? { ...hints, candidates: [...hints.candidates, key] } : { ...hints, kind };
    const items = isRecord(value) && isListHeader(value) ? value.items : value;
    if (Array.isArray(items) && items.every((item) => isKept(item, kind !== undefined))) {
      // A list that does not say what it is of holds items that do not either, as the API gives them.
      const form = isRecord(value) && value.kind !== undefined ? { header: value } : { array: true as const };
      const values = items.map((item: unknown) => ({ value: item, line }));
      return [{ document: { ...form, values, complete: true }, hints: told }];
    }
    if (!isRecord(value)) return [];
    if (isKept(value, false)) return [{ document: { values: [{ value, line }], complete: true }, hints: told }];
    return isNamed(value) || left === 0 ? [] : below(value, told, line, left - 1);
  });
}

function isKept(item: unknown, isOfKind: boolean): boolean {
  if (!isRecord(item) || !isRecord(item.metadata)) return false;
  return isOfKind || (isNamed(item) && isApplied(item as KubeObject));
}
