import { asBuffer } from '../files/decode-text.ts';
import { indentedItems } from './indented-items.ts';
import type { JsonValue } from './json-values.ts';
import { scanJsonValue, skipSpace } from './json-values.ts';
import type { ParsedDocument, ParsedValue, Trouble } from './parsed.ts';

/** Lines are counted for origins only in files up to this size: counting costs as much as parsing. */
const LINES_UP_TO = 8 * 1024 * 1024;

/** Bytes of items that are parsed together. */
const BATCH = 64 * 1024;

/** Whether the text starts like JSON: with an object or an array. */
export function looksLikeJson(bytes: Uint8Array): boolean {
  const first = bytes[skipSpace(bytes, 0)];
  return first === 0x7b || first === 0x5b;
}

/**
 * The JSON values of a text one after another: one value, JSON lines, or values printed in a row as
 * `kubectl cluster-info dump` does. A broken value is reported and passed over, as is text between values.
 */
export function* parseJsonValues(bytes: Uint8Array, firstLine: number, trouble: Trouble): Generator<ParsedDocument> {
  const lines = lineCounter(bytes, firstLine);
  let at = skipSpace(bytes, 0);
  while (at < bytes.length) {
    if (bytes[at] !== 0x7b && bytes[at] !== 0x5b) {
      trouble(lines.always(at), 'text that is not JSON between JSON values');
      at = nextValue(bytes, at);
      continue;
    }
    const value = indentedItems(bytes, at) ?? scanJsonValue(bytes, at);
    const document = value.items === undefined ? single(bytes, value, lines) : list(bytes, value, lines, trouble);
    if (document !== undefined) yield document;
    else trouble(lines.always(value.complete ? at : value.end), parseMessage(bytes, value));
    at = skipBetween(bytes, value.end);
  }
}

/**
 * What may stand between values: JSON lines and values in a row need nothing, hand-made files set them apart by commas,
 * and in a YAML stream whose documents are JSON (as jsonnet writes it) there are `---`, `...` and comments.
 */
function skipBetween(bytes: Uint8Array, from: number): number {
  let at = skipSpace(bytes, from);
  for (;;) {
    const byte = bytes[at];
    if (byte === 0x2c) at = skipSpace(bytes, at + 1);
    else if (byte === 0x23) at = skipSpace(bytes, endOfLine(bytes, at));
    else if (isDocumentMark(bytes, at)) at = skipSpace(bytes, at + 3);
    else return at;
  }
}

/** `---` or `...` at the start of a line, with nothing or a blank behind it. */
function isDocumentMark(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at];
  if (byte !== 0x2d && byte !== 0x2e) return false;
  if (bytes[at + 1] !== byte || bytes[at + 2] !== byte || bytes[at - 1] !== 0x0a) return false;
  return at + 3 === bytes.length || skipSpace(bytes, at + 3) > at + 3;
}

function endOfLine(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(0x0a, from);
  return end < 0 ? bytes.length : end;
}

/** The next `{` or `[` at the start of a line. */
function nextValue(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x7b || bytes[at + 1] === 0x5b) return at + 1;
  }
  return bytes.length;
}

function single(bytes: Uint8Array, value: JsonValue, lines: LineCounter): ParsedDocument | undefined {
  const parsed = parse(bytes, value.start, value.end);
  if (parsed === undefined) return undefined;
  return { values: [{ value: parsed.value, line: lines.cheap(value.start) }], complete: true };
}

/** Undefined when the list's frame cannot be parsed. */
function list(bytes: Uint8Array, value: JsonValue, lines: LineCounter, trouble: Trouble): ParsedDocument | undefined {
  const { items = [], itemsStart = value.end, itemsEnd = value.end } = value;
  const array = bytes[value.start] === 0x5b;
  const header = array ? { value: undefined } : headerOf(bytes, value, itemsStart, itemsEnd);
  if (header === undefined) return undefined;
  // Items that are no objects: not a List but something with a field of that name.
  if (items.length === 0 && value.complete && skipSpace(bytes, itemsStart) !== itemsEnd) {
    return single(bytes, value, lines);
  }
  if (!value.complete) trouble(lines.always(value.end), 'the file ends in the middle of a list');
  return {
    ...(array ? { array } : { header: header.value }),
    values: parseItems(bytes, { ...value, items }, lines, trouble),
    complete: value.complete,
  };
}

/**
 * Some items are parsed at a time: for many small ones that is quicker, and memory still holds few beside the objects.
 * Where one of them is broken, each is parsed alone.
 */
function* parseItems(bytes: Uint8Array, list: JsonValue, lines: LineCounter, trouble: Trouble): Generator<ParsedValue> {
  const { items = [] } = list;
  let alone = 0;
  for (let index = 0; index + 1 < items.length; ) {
    const start = items[index] ?? 0;
    if (index >= alone) {
      const to = endOfBatch(items, index);
      const values = tryParse(`[${asBuffer(bytes).toString('utf8', start, items[to - 1])}]`)?.value as unknown[];
      if (values?.length === (to - index) / 2) {
        for (const value of values) {
          yield { value, line: lines.cheap(items[index] ?? 0) };
          index += 2;
        }
        continue;
      }
      alone = to;
    }
    const end = items[index + 1] ?? 0;
    const parsed = parse(bytes, start, end);
    if (parsed === undefined && list.guessed === true) {
      const { items: scanned = [] } = scanJsonValue(bytes, list.start);
      const { guessed: _, ...rest } = list;
      yield* parseItems(bytes, { ...rest, items: scanned.slice(scanned.indexOf(start)) }, lines, trouble);
      return;
    }
    if (parsed === undefined) trouble(lines.always(start), parseMessage(bytes, { start, end, complete: true }));
    else yield { value: parsed.value, line: lines.cheap(start) };
    index += 2;
  }
}

/** The place behind the items that are parsed together with the one at `index`; at least that one. */
function endOfBatch(items: readonly number[], index: number): number {
  const limit = (items[index] ?? 0) + BATCH;
  let to = index + 2;
  while (to < items.length && (items[to + 1] ?? 0) <= limit) to += 2;
  return to;
}

/** The list without its items; of a list that was cut off, what stands before them. */
function headerOf(
  bytes: Uint8Array,
  value: JsonValue,
  itemsStart: number,
  itemsEnd: number,
): { value: unknown } | undefined {
  const before = asBuffer(bytes).toString('utf8', value.start, itemsStart);
  const after = value.complete ? asBuffer(bytes).toString('utf8', itemsEnd, value.end) : ']}';
  return tryParse(before + after);
}

function parse(bytes: Uint8Array, start: number, end: number): { value: unknown } | undefined {
  return tryParse(asBuffer(bytes).toString('utf8', start, end));
}

function tryParse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** JSON.parse's words, without its quotation of the text: the text may be a secret. */
function parseMessage(bytes: Uint8Array, value: JsonValue): string {
  if (!value.complete) return 'the file ends in the middle of a JSON value';
  try {
    JSON.parse(asBuffer(bytes).toString('utf8', value.start, value.end));
    return 'not valid JSON';
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    return `not valid JSON: ${message.replace(/,? ?(\.\.\.)?".*$/s, '').replace(/ (in JSON )?at position.*$/s, '')}`;
  }
}

interface LineCounter {
  /** The line when counting is cheap. */
  cheap(offset: number): number | undefined;
  always(offset: number): number;
}

function lineCounter(bytes: Uint8Array, firstLine: number): LineCounter {
  let counted = 0;
  let line = firstLine;
  // The next line break is remembered: a file of one long line is then searched once, not once for every value.
  let next = -1;
  const breakFrom = (from: number): number => {
    const at = bytes.indexOf(0x0a, from);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  };
  const always = (offset: number): number => {
    if (offset < counted) {
      counted = 0;
      line = firstLine;
      next = -1;
    }
    const end = Math.min(offset, bytes.length);
    if (next < counted) next = breakFrom(counted);
    for (; next < end; next = breakFrom(next + 1)) line++;
    counted = end;
    return line;
  };
  return { always, cheap: (offset) => (bytes.length <= LINES_UP_TO ? always(offset) : undefined) };
}
