/**
 * Escape sequences of terminals (CSI, OSC and single ones): texts of a cluster are written by anyone who may create an
 * object there, and must not move the cursor or set the clipboard of the person who reads them.
 */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])?/g;
/** Control characters but the line feed, and marks that reorder or hide text. */
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Whether there is anything to take out: nearly never, so that one look at most texts is enough. */
const UNSAFE = new RegExp(CONTROLS.source);

/** Text that is safe to print: no escape sequences, no control characters except line feeds; tabs become blanks. */
export function sanitizeText(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(/\r\n?/g, '\n').replace(ESCAPES, '').replace(/\t/g, ' ').replace(CONTROLS, '');
}

/** The same value with every string in it made safe to print; a value with nothing to take out comes back as it is. */
export function sanitize<T>(value: T): T {
  if (typeof value === 'string') return sanitizeText(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return sanitizeList(value) as T;
  return sanitizeRecord(value as Readonly<Record<string, unknown>>) as T;
}

function sanitizeList(list: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const safe = sanitize(list[at]);
    if (safe === list[at]) continue;
    copy ??= [...list];
    copy[at] = safe;
  }
  return copy ?? list;
}

function sanitizeRecord(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined;
  for (const key in record) {
    const safe = sanitize(record[key]);
    if (safe === record[key]) continue;
    copy ??= { ...record };
    copy[key] = safe;
  }
  return copy ?? record;
}
