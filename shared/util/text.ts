/** `1 pod`, `3 pods`; the plural is the singular plus s unless given. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : many}`;
}

/** How often an event happened: `1 time`, `3 times`; at least once when that is not told (0). */
export function timesTold(count: number): string {
  return count === 0 ? 'at least once' : plural(count, 'time');
}

/** `a, b and 3 more`: at most `max` names, so that one line stays one line. */
export function joinNames(names: readonly string[], max = 3): string {
  if (names.length <= max) return joinAnd(names);
  return `${names.slice(0, max).join(', ')} and ${names.length - max} more`;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinAnd(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/**
 * Breaks text into lines of at most `width` columns at blanks. A list without blanks (`app=web,tier=api`) that is longer
 * than a line is broken after its commas too; any other longer word stays whole, so that it can be pasted.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const room = width - indent.length;
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/\s+/).filter((part) => part !== '')) {
      const parts = word.length > room ? word.split(/(?<=,)/) : [word];
      for (const [at, part] of parts.entries()) {
        const longer = line === '' ? part : `${line}${at === 0 ? ' ' : ''}${part}`;
        if (line !== '' && longer.length > room) {
          lines.push(indent + line);
          line = part;
        } else {
          line = longer;
        }
      }
    }
    lines.push(line === '' ? '' : indent + line);
  }
  return lines;
}

/** Cuts text to `max` characters with an ellipsis, and folds line breaks. */
export function shorten(text: string, max: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= max ? flat : `${flat.slice(0, max - 1)}…`;
}

/** Cuts text to `max` characters in its middle: a chain of errors begins with what was tried and ends with why not. */
export function shortenMiddle(text: string, max: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  const head = Math.floor(max * 0.4);
  return flat.length <= max ? flat : `${flat.slice(0, head)}…${flat.slice(head + 1 - max)}`;
}

/** Byte order, not a locale's: the same facts print the same bytes everywhere, and Intl costs start-up time. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Quotes a word for a POSIX shell when it needs it. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The words of a log line, without klog's severity, time, thread and place: `E1128 13:43:02.577725 1 run.go:72] …`. */
export function withoutLogHead(line: string): string {
  if (line.startsWith('{"')) return saidInJson(line);
  const words = line.replace(/^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ \S+:\d+\] /, '');
  const [, text = '', error] = STRUCTURED.exec(words) ?? [];
  return error === undefined ? words : `${text}: ${error}`.replaceAll('\\"', '"');
}

/** `"Unhandled Error" err="…"` of klog, `level=error msg="…" error="…"` of logfmt. */
const STRUCTURED = /(?:^|\bmsg=)"((?:[^"\\]|\\.)*)".*\berr(?:or)?="((?:[^"\\]|\\.)+)"/;

/** `{"level":"error","msg":"…","error":"…"}`: what it says, and the line itself where it is no such JSON. */
function saidInJson(line: string): string {
  try {
    const { msg, message, error, err } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const said = [msg ?? message, error ?? err]
      .map((part) => (part as { message?: unknown } | null | undefined)?.message ?? part)
      .filter((text) => typeof text === 'string' && text !== '');
    return said.length === 0 ? line : said.join(': ');
  } catch {
    return line;
  }
}
