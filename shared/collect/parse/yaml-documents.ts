/** A part of a YAML text with the 1-based line at which it starts. */
export interface TextPart {
  readonly text: string;
  readonly line: number;
}

/**
 * Splits a YAML stream at its `---` and `...` lines, so that a broken document spoils only itself. A line that starts
 * with `---` always ends a document, even inside a block scalar (YAML 1.2, 9.1.2). Empty documents are left out. Answers
 * of kubectl that were added to one file one after the other are split as well.
 */
export function splitDocuments(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  let line = 1;
  let at = 0;
  let lineNumber = 1;
  const push = (to: number): void => {
    const part = text.slice(from, to);
    if (hasContent(part)) parts.push({ text: part, line });
  };
  while (at < text.length) {
    const marker = markerAt(text, at);
    if (marker > 0 || (text.startsWith(API_VERSION, at) && isPrinted(text.slice(from, at)))) {
      push(at);
      from = at + marker;
      line = lineNumber;
    }
    const next = text.indexOf('\n', at);
    if (next < 0) break;
    at = next + 1;
    lineNumber++;
  }
  push(text.length);
  return parts;
}

/**
 * The header and the items of a List in block form: `items:` at the margin followed by lines that start with `- `, at
 * the margin as kubectl prints them or indented. Undefined when the text is not such a list, or uses anchors, which
 * may reach from item to item.
 */
export function splitListItems(part: TextPart): { header: TextPart; items: TextPart[] } | undefined {
  const { text } = part;
  const head = /^items:[ \t]*\r?\n( *)(?=- )/m.exec(text);
  if (head === null || (text.includes('&') && /(?:^|[ \t])&[\w-]+(?:\s|$)/m.test(text))) return undefined;
  const indent = head[1]?.length ?? 0;
  const items: TextPart[] = [];
  let at = text.indexOf('\n', head.index) + 1;
  let line = part.line + countLines(text, 0, at);
  let itemStart = at;
  let itemLine = line;
  for (;;) {
    const next = text.indexOf('\n', at);
    const end = next < 0 ? text.length : next + 1;
    line++;
    const kind = end >= text.length ? 'end' : lineKind(text, end, indent);
    if (kind !== 'inside') {
      items.push({ text: text.slice(itemStart, end), line: itemLine });
      itemStart = end;
      itemLine = line;
    }
    at = end;
    if (kind === 'end') break;
  }
  return { header: { text: `${text.slice(0, head.index)}${text.slice(at)}`, line: part.line }, items };
}

/** Whether a line goes on with an item (deeper, empty, a comment), starts the next one, or ends the list. */
function lineKind(text: string, at: number, indent: number): 'inside' | 'item' | 'end' {
  let column = 0;
  while (text.charCodeAt(at + column) === 0x20) column++;
  const first = text.charCodeAt(at + column);
  if (column > indent || first === 0x0a || first === 0x0d || first === 0x23 || first === 0x09) return 'inside';
  return column === indent && first === 0x2d ? 'item' : 'end';
}

/** Line breaks in a part of a text. */
export function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

const API_VERSION = 'apiVersion:';

/**
 * Whether a text is a whole object as kubectl prints it: what `kubectl get -o yaml >> FILE` adds to it has no `---` before.
 * A manifest of somebody's own with such a gap is left alone: kubectl takes it for one object too.
 */
function isPrinted(text: string): boolean {
  return /^apiVersion:/m.test(text) && /^kind:/m.test(text) && /^(?:items|status):/m.test(text);
}

/** How many characters a document marker at the start of this line takes; 0 when there is none. */
function markerAt(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first !== 0x2d && first !== 0x2e) return 0;
  const mark = text.slice(at, at + 3);
  if (mark !== '---' && mark !== '...') return 0;
  const after = text.charCodeAt(at + 3);
  return Number.isNaN(after) || after === 0x20 || after === 0x0a || after === 0x0d || after === 0x09 ? 3 : 0;
}

function hasContent(text: string): boolean {
  return /^[^\S\r\n]*[^\s#%]/m.test(text);
}
