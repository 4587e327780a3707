const KEY = Buffer.from('"managedFields":[');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

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
    const close = closingBracket(json, open);
    if (close < 0) return json;
    kept.push(json.subarray(from, open));
    from = close;
  }
  if (kept.length === 0) return json;
  kept.push(json.subarray(from));
  return Buffer.concat(kept);
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
