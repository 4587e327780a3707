import { asBuffer } from '../files/decode-text.ts';
import { type JsonValue, scanJsonValue, skipSpace } from './json-values.ts';

/** Below this the plain scan is quick enough. */
const WORTH_IT = 256 * 1024;

/** A header is a few lines; what follows the items, too. */
const LONGEST_HEADER = 64 * 1024;

const ITEMS = /^\{\n( +)"(?:[\s\S]*?\n\1")?items": \[\n(\1 +)\{\n/;

/**
 * The items of a large List as `kubectl get -o json` prints it, found by its indentation: an order of magnitude quicker
 * than looking at every byte. Undefined for text in another form. The cut is a guess until every item has been parsed;
 * one that cannot be parsed may be a wrong cut, and then `scanJsonValue` tells.
 */
export function indentedItems(bytes: Uint8Array, start: number): JsonValue | undefined {
  if (bytes.length - start < WORTH_IT) return undefined;
  const buffer = asBuffer(bytes);
  const [frame = '', outer = '', inner = ''] = ITEMS.exec(buffer.toString('latin1', start, start + 4096)) ?? [];
  if (frame === '') return undefined;
  const itemsStart = start + frame.lastIndexOf('[') + 1;
  // A line break inside a string is written as \n: the first brace at the start of a line closes the List.
  const close = buffer.indexOf('\n}', itemsStart);
  if (close < 0) return undefined;
  const last = buffer.lastIndexOf(`\n${inner}}\n${outer}]`, close);
  if (last < itemsStart) return undefined;
  const itemsEnd = last + inner.length + outer.length + 3;
  const end = endOf(buffer, start, itemsStart, itemsEnd);
  if (end === undefined) return undefined;
  const between = `\n${inner}},\n${inner}{\n`;
  const closing = inner.length + 2;
  const items: number[] = [];
  let at = itemsStart + 1 + inner.length;
  for (;;) {
    const next = buffer.indexOf(between, at);
    if (next < 0 || next >= last) break;
    items.push(at, next + closing);
    at = next + closing + 2 + inner.length;
  }
  items.push(at, last + closing);
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
