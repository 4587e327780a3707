/**
 * Reads fields of YAML that people wrote by hand: an absent, null or empty field is `undefined`, a scalar of another
 * type is taken by its text.
 */

export type Fields = Readonly<Record<string, unknown>>;

/** The value as a mapping; anything else counts as an empty one. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The value as a list; anything else counts as an empty one. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text of a scalar, undefined when absent or empty. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The texts of a list of scalars; empty ones are kept, because an empty argument is an argument. */
export function textsOf(value: unknown): readonly string[] {
  return itemsOf(value).map((item) => (typeof item === 'string' ? item : (textOf(item) ?? '')));
}

/** YAML 1.1 booleans too: kubectl's parser takes `yes` and `on` for true. */
export function flagOf(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(true|yes|on|y)$/i.test(value));
}
