/** Where one JSON value stands in a text, and where its list items stand when it is a List. Byte offsets. */
export interface JsonValue {
  readonly start: number;
  /** After the value's last byte; the end of the text when it stops early. */
  readonly end: number;
  /** False when the text ends inside the value. */
  readonly complete: boolean;
  /** Start and end of each `{…}` in a top-level `items: […]`, or in the value itself when it is an array. */
  readonly items?: readonly number[];
  /** After the `[` of the items and at its `]` (the end of the text when missing). */
  readonly itemsStart?: number;
  readonly itemsEnd?: number;
  /** The items were cut by the look of the text; one that cannot be parsed may be a wrong cut. */
  readonly guessed?: true;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;

/**
 * Finds the JSON object or array that starts at `start` without building it. A list of 65 MB can then be parsed item
 * by item: the memory of one item at a time, a broken item spoils only itself, and of a list that was cut off the
 * items before the cut remain usable.
 */
export function scanJsonValue(bytes: Uint8Array, start: number): JsonValue {
  const array = bytes[start] === OPEN_BRACKET;
  const items: number[] = [];
  // Depth at which the braces of items open: [ {   or   { "items": [ {
  let itemDepth = array ? 2 : -1;
  let itemsStart = array ? start + 1 : -1;
  let itemsEnd = -1;
  let depth = 0;
  let itemStart = -1;
  const length = bytes.length;
  for (let at = start; at < length; at++) {
    const byte = bytes[at];
    // Most bytes between strings are spaces.
    if (byte === SPACE) continue;
    if (byte === QUOTE) {
      const from = at + 1;
      at = endOfString(bytes, from);
      if (depth === 1 && itemsStart < 0 && at - from === 5 && isItemsKey(bytes, from)) {
        const bracket = bracketAfterColon(bytes, at + 1);
        if (bracket >= 0) {
          itemDepth = 3;
          itemsStart = bracket + 1;
        }
      }
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
      if (byte === OPEN_BRACE && depth === itemDepth) itemStart = at;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === itemDepth && byte === CLOSE_BRACE && itemStart >= 0) {
        items.push(itemStart, at + 1);
        itemStart = -1;
      }
      depth--;
      if (depth === itemDepth - 2 && itemDepth > 0 && itemsEnd < 0 && byte === CLOSE_BRACKET) {
        itemsEnd = at;
        itemDepth = -1;
      }
      if (depth === 0) {
        const end = at + 1;
        return itemsStart < 0
          ? { start, end, complete: true }
          : { start, end, complete: true, items, itemsStart, itemsEnd };
      }
    }
  }
  return itemsStart < 0
    ? { start, end: length, complete: false }
    : { start, end: length, complete: false, items, itemsStart, itemsEnd: itemsEnd < 0 ? length : itemsEnd };
}

/** The first byte that is not white space, or the end. */
export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return at;
}

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) at++;
  }
  return at;
}

function isItemsKey(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0x69 &&
    bytes[at + 1] === 0x74 &&
    bytes[at + 2] === 0x65 &&
    bytes[at + 3] === 0x6d &&
    bytes[at + 4] === 0x73
  );
}

function bracketAfterColon(bytes: Uint8Array, from: number): number {
  const colon = skipSpace(bytes, from);
  if (bytes[colon] !== COLON) return -1;
  const bracket = skipSpace(bytes, colon + 1);
  return bytes[bracket] === OPEN_BRACKET ? bracket : -1;
}
