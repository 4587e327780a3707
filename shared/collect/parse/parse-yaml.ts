import { isApplied } from '../../model/applied.ts';
import type { KubeObject } from '../../model/objects.ts';
import type { ParsedDocument, ParsedValue, Trouble, WordSink } from './parsed.ts';
import { type RuleLines, ruleLinesOf } from './rule-lines.ts';
import type { TextPart } from './yaml-documents.ts';
import { countLines, splitDocuments, splitListItems } from './yaml-documents.ts';
import { mayHoldWords, type YamlEvent, yamlWords } from './yaml-words.ts';

/** The part of js-yaml that is used; the module is loaded by the caller, only when there is YAML to read. */
export interface YamlLoader {
  (text: string): unknown;
  /** The parser's events, which know what is quoted. */
  readonly events: (text: string) => readonly YamlEvent[];
  /** Parses once more, and throws for a key that stands twice in one mapping. */
  readonly strict: (text: string) => unknown;
}

/** Lists above this size are parsed item by item at once: the parser's tokens of a whole one would not fit. */
const ITEMWISE_FROM = 512 * 1024;

/** Loads js-yaml: the YAML 1.2 core schema (times stay text), with merge keys, later duplicates winning as in kubectl. */
export async function loadYaml(): Promise<YamlLoader> {
  const { load, parseEvents, CORE_SCHEMA, mergeTag } = await import('js-yaml');
  const schema = CORE_SCHEMA.withTags(mergeTag);
  const loader = (text: string): unknown => load(text, { schema, json: true, maxAliases: 10_000 });
  return Object.assign(loader, {
    events: (text: string) => parseEvents(text, {}),
    strict: (text: string) => load(text, { schema, maxAliases: 10_000 }),
  });
}

/** The documents of a YAML text. What does not parse is reported with its line; everything around it is still used. */
export function* parseYaml(
  text: string,
  firstLine: number,
  load: YamlLoader,
  trouble: Trouble,
  word: WordSink,
): Generator<ParsedDocument> {
  for (const part of splitDocuments(text)) {
    const here = { text: part.text, line: part.line + firstLine - 1 };
    if (here.text.length > ITEMWISE_FROM) {
      const split = splitListItems(here);
      if (split !== undefined) {
        yield* itemwise(split.header, split.items, load, trouble);
        continue;
      }
    }
    const parsed = tryLoad(here, load);
    if ('value' in parsed) {
      if (isWritten(parsed.value) && mayHoldWords(here.text)) {
        for (const one of yamlWords(here.text, load.events(here.text))) {
          word(one, here.line + countLines(here.text, 0, one.at), parsed.value);
        }
      }
      const twice = isWritten(parsed.value) || isWrittenList(parsed.value) ? keyTwice(here, load) : undefined;
      yield asDocument(parsed.value, contentLine(here), ruleLinesOf(here.text, here.line), twice);
      continue;
    }
    const split = splitListItems(here);
    if (split === undefined || split.items.length < 2) trouble(parsed.line, parsed.message);
    else yield* itemwise(split.header, split.items, load, trouble);
  }
}

/** A single object by someone's hand; what a server printed has its words quoted where that matters. */
export function isWritten(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return false;
  return typeof value.metadata === 'object' && !isApplied(value as KubeObject);
}

/** The same for a list of such objects. */
export function isWrittenList(value: unknown): boolean {
  const items = Array.isArray(value) ? (value as readonly unknown[]) : isList(value) ? (value.items ?? []) : [];
  return items.length > 0 && items.every(isWritten);
}

/** The first key that a policy has twice in one mapping: kubectl takes the last one in silence, other tools refuse the file. */
export function keyTwice({ text, line }: TextPart, load: YamlLoader): ParsedValue['twice'] {
  if (!text.includes('NetworkPolicy')) return undefined;
  try {
    load.strict(text);
  } catch (error) {
    const { reason, mark } = error as { reason?: unknown; mark?: { line?: unknown; column?: number } };
    if (reason !== 'duplicated mapping key' || typeof mark?.line !== 'number') return undefined;
    const [, key] = /^["']?([^\s"':]+)/.exec((text.split('\n')[mark.line] ?? '').slice(mark.column)) ?? [];
    return [key ?? '', line + mark.line];
  }
  return undefined;
}

/** The line of the first content, after blank lines and comments. */
function contentLine({ text, line }: TextPart): number {
  const blank = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*/.exec(text)?.[0] ?? '';
  return line + countLines(text, 0, blank.length);
}

/** A parsed JSON or YAML value as a document: a List and a bare array give their items one by one. */
export function asDocument(
  value: unknown,
  line: number | undefined,
  rules: RuleLines = [],
  twice?: ParsedValue['twice'],
): ParsedDocument {
  const lost = twice === undefined ? {} : { twice };
  if (Array.isArray(value))
    return { array: true, values: value.map((item) => ({ value: item, line })), complete: true, ...lost };
  if (isList(value)) {
    const { items, ...header } = value;
    return { header, values: (items ?? []).map((item) => ({ value: item, line })), complete: true, ...lost };
  }
  const single = { value, line, ...(rules.length === 0 ? {} : { rules }), ...lost };
  return { values: [single], complete: true };
}

function isList(value: unknown): value is { kind: string; items: unknown[] | null } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  return typeof kind === 'string' && kind.endsWith('List') && (Array.isArray(items) || items === null);
}

function* itemwise(
  header: TextPart,
  items: readonly TextPart[],
  load: YamlLoader,
  trouble: Trouble,
): Generator<ParsedDocument> {
  const head = tryLoad(header, load);
  let complete = true;
  if (!('value' in head)) trouble(head.line, head.message);
  // kubectl prints `kind: List` after the items: where it is missing, the end of the list is missing too.
  const value = 'value' in head ? head.value : undefined;
  if (typeof value !== 'object' || value === null || !('kind' in value)) complete = false;
  yield { header: value, values: loadItems(items, load, trouble), complete };
}

function* loadItems(items: readonly TextPart[], load: YamlLoader, trouble: Trouble): Generator<ParsedValue> {
  for (const item of items) {
    const parsed = tryLoad(item, load);
    if (!('value' in parsed)) trouble(parsed.line, parsed.message);
    // A copy through JSON: js-yaml's strings are views that would keep the whole text in memory.
    else if (Array.isArray(parsed.value)) {
      const rules = ruleLinesOf(item.text, item.line);
      for (const value of parsed.value) {
        yield {
          value: JSON.parse(JSON.stringify(value)) as unknown,
          line: item.line,
          ...(rules.length === 0 ? {} : { rules }),
        };
      }
    }
  }
}

function tryLoad(part: TextPart, load: YamlLoader): { value: unknown } | { line: number; message: string } {
  try {
    return { value: load(part.text) };
  } catch (error) {
    const { reason, mark } = error as { reason?: unknown; mark?: { line?: unknown } };
    const line = typeof mark?.line === 'number' ? part.line + mark.line : part.line;
    return { line, message: `not valid YAML: ${typeof reason === 'string' ? reason : 'cannot be parsed'}` };
  }
}
