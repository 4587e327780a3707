const KEY = Buffer.from('"managedFields":[');
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * The same JSON with every `managedFields` list emptied before it is parsed. They are a third to a half of a list of
 * pods, and parsing them only to drop them costs more than all that is kept. The key cannot stand inside a string,
 * where its quotes would be escaped. Damaged JSON comes back as it is, to be refused by the parser.
 */
export function cutManagedFields(json: Buffer): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  for (let at = json.indexOf(KEY); at >= 0; at = json.indexOf(KEY, from)) {
    const open = at + KEY.length;
    const close = nearBracket(json, open) ?? closingBracket(json, open);
    if (close < 0) return json;
    kept.push(json.subarray(from, open));
    from = close;
  }
  if (kept.length === 0) return json;
  kept.push(json.subarray(from));
  return Buffer.concat(kept);
}

/**
 * Where the list that was opened before `from` ends, when that can be seen without reading all of it, as with all that
 * servers write: no further bracket inside, and what follows shows that the first one is no part of a string. For the
 * pods of a namespace reading byte by byte takes longer, in code that is not yet compiled, than all the parsing.
 */
function nearBracket(json: Buffer, from: number): number | undefined {
  const close = json.indexOf(CLOSE, from);
  if (close === from) return close;
  if (close < 0 || json[close - 1] !== CLOSE_BRACE) return undefined;
  const open = json.indexOf(OPEN, from);
  return (open < 0 || open > close) && isOutsideStrings(json, close + 1) ? close : undefined;
}

/**
 * Whether the place after a bracket is outside of strings, seen from what follows more brackets: the end, or a quote and
 * a letter. A quote that ends a string is followed by no letter (RFC 8259), and one inside has a backslash before it.
 */
function isOutsideStrings(json: Buffer, from: number): boolean {
  let at = from;
  while (json[at] === CLOSE_BRACE || json[at] === CLOSE) at += 1;
  if (at >= json.length) return true;
  if (json[at] !== COMMA) return false;
  at += 1;
  while (json[at] === OPEN_BRACE || json[at] === OPEN) at += 1;
  return json[at] === QUOTE && isLetter(json[at + 1]);
}

function isLetter(byte = 0): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

/** Where the list that was opened before `from` ends, or -1. */
function closingBracket(json: Buffer, from: number): number {
  let depth = 1;
  for (let at = from; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = closingQuote(json, at + 1);
      if (at < 0) return -1;
    } else if (byte === OPEN) {
      depth += 1;
    } else if (byte === CLOSE) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function closingQuote(json: Buffer, from: number): number {
  for (let at = from; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return -1;
}
