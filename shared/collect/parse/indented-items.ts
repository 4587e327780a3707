import { asBuffer } from '../files/decode-text.ts';
import { type JsonValue, scanJsonValue, skipSpace } from './json-values.ts';

/** Below this the plain scan is quick enough. */
const WORTH_IT = 256 * 1024;

/** A header is a few lines; what follows the items, too. */
const LONGEST_HEADER = 64 * 1024;

/** How the items of a List stand apart from each other in its text. */
interface Form {
  /** From the start of the List to the start of its first item. */
  readonly frame: string;
  /** From the last byte of an item to the first of the next one, both among them. */
  readonly between: string;
  /** What of `between` belongs to the item that ends. */
  readonly closing: number;
  /** What of `between` stands before the item that begins. */
  readonly opening: number;
  /** What closes the last item and the list. */
  readonly last: string;
  /** What stands at the start of a line only behind the last item: line breaks in strings are written as \n. */
  readonly end: string;
}

/** `kubectl get -o json`: each item at the same depth. */
const INDENTED = /^\{\n( +)"(?:[\s\S]*?\n\1")?items": \[\n(\1 +)(?=\{\n)/;

/** A recording of `snapshot`: each item is a line. */
const LINES = /^\{"[^\n]*"items":\[\n(?=\{)/;

function formOf(head: string): Form | undefined {
  const [frame, outer = '', inner = ''] = INDENTED.exec(head) ?? [];
  if (frame !== undefined) {
    const close = `\n${inner}}`;
    return {
      frame,
      between: `${close},\n${inner}{\n`,
      closing: close.length,
      opening: close.length + 2 + inner.length,
      last: `${close}\n${outer}]`,
      end: '\n}',
    };
  }
  const [lines] = LINES.exec(head) ?? [];
  return lines === undefined
    ? undefined
    : { frame: lines, between: '},\n{', closing: 1, opening: 3, last: '}\n]', end: '\n]' };
}

/**
 * The items of a large List as `kubectl get -o json` or `snapshot` writes it, found by its lines: an order of magnitude
 * quicker than looking at every byte. Undefined for text in another form. The cut is a guess until every item has been
 * parsed; one that cannot be parsed may be a wrong cut, and then `scanJsonValue` tells.
 */
export function indentedItems(bytes: Uint8Array, start: number): JsonValue | undefined {
  if (bytes.length - start < WORTH_IT) return undefined;
  const buffer = asBuffer(bytes);
  const form = formOf(buffer.toString('latin1', start, start + 4096));
  if (form === undefined) return undefined;
  const itemsStart = start + form.frame.lastIndexOf('[') + 1;
  const close = buffer.indexOf(form.end, itemsStart);
  if (close < 0) return undefined;
  const last = buffer.lastIndexOf(form.last, close);
  if (last < itemsStart) return undefined;
  const itemsEnd = last + form.last.length - 1;
  const end = endOf(buffer, start, itemsStart, itemsEnd);
  if (end === undefined) return undefined;
  const items: number[] = [];
  let at = start + form.frame.length;
  for (;;) {
    const next = buffer.indexOf(form.between, at);
    if (next < 0 || next >= last) break;
    items.push(at, next + form.closing);
    at = next + form.opening;
  }
  items.push(at, last + form.closing);
  return { start, end, complete: true, items, itemsStart, itemsEnd, guessed: true };
}

/** The end of the List, when what stands around the items is a whole object whose `items` they are. */
function endOf(buffer: Buffer, start: number, itemsStart: number, itemsEnd: number): number | undefined {
  const before = buffer.subarray(start, itemsStart);
  const frame = Buffer.concat([before, buffer.subarray(itemsEnd, itemsEnd + LONGEST_HEADER)]);
  const { complete, end } = scanJsonValue(frame, 0);
  if (!complete) return undefined;
  try {
    const header = JSON.parse(frame.toString('utf8', 0, end)) as { readonly items?: unknown };
    if (!Array.isArray(header.items) || header.items.length > 0) return undefined;
  } catch {
    return undefined;
  }
  const after = itemsEnd + end - before.length;
  // Inside a larger value something else would follow: this was the end of a list deeper down.
  const next = buffer[skipSpace(buffer, after)];
  return next === undefined || next === 0x7b ? after : undefined;
}
