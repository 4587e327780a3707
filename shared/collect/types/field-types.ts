/**
 * The type that the API gives a field. Lists, maps and objects hold further types; fields that are not named are not
 * looked at.
 */
export type FieldType =
  | 'text'
  | 'number'
  | 'truth'
  | 'textOrNumber'
  | 'any'
  | { readonly list: FieldType }
  | { readonly map: FieldType }
  | { readonly fields: Readonly<Record<string, FieldType>> };

/** A value whose fields have the types of the API, and what had to be changed for that: one sentence a field. */
export interface Typed {
  readonly value: unknown;
  readonly faults: readonly string[];
}

/**
 * Gives every field the type it has in the API. What YAML reads as a number where text was meant (`"1.10"` without its
 * quotes), or as text where a number was, is put right; what fits in no way is left out. The API server refuses all of
 * these, so each is a fault. An absent field, null and an empty one are the same to the API.
 * The argument is not changed; a sound value comes back as it is.
 */
export function withTypes(value: unknown, type: FieldType, path: string): Typed {
  if (fits(value, type)) return { value, faults: [] };
  const faults: string[] = [];
  return { value: mend(value, type, path, faults), faults };
}

/** Whether there is nothing to mend: true of nearly every object, and told without a path for each field. */
function fits(value: unknown, type: FieldType): boolean {
  if (typeof type === 'string') {
    switch (type) {
      case 'any':
        return true;
      case 'text':
        return typeof value === 'string';
      case 'number':
        return typeof value === 'number';
      case 'truth':
        return typeof value === 'boolean';
      case 'textOrNumber':
        return typeof value === 'string' || typeof value === 'number';
    }
  }
  if (typeof value !== 'object' || value === null) return false;
  if ('list' in type) {
    if (!Array.isArray(value)) return false;
    // A loop, since a function for each of the lists of a large snapshot would be most of what is thrown away here.
    for (let at = 0; at < value.length; at++) if (!fits(value[at], type.list)) return false;
    return true;
  }
  if (Array.isArray(value)) return false;
  const record = value as Readonly<Record<string, unknown>>;
  if ('map' in type) {
    for (const key in record) if (!fits(record[key], type.map)) return false;
    return true;
  }
  // An object has fewer fields than are known of its kind.
  for (const key in record) {
    const own = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
    if (own !== undefined && record[key] !== undefined && !fits(record[key], own)) return false;
  }
  return true;
}

function mend(value: unknown, type: FieldType, path: string, faults: string[]): unknown {
  if (type === 'any') return value;
  if (value === null || value === undefined) return undefined;
  if (typeof type === 'string') return mendScalar(value, type, path, faults);
  if ('list' in type) {
    if (Array.isArray(value)) return mendList(value, type.list, path, faults);
    faults.push(`${path} must be a list`);
    return undefined;
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    faults.push(`${path} must be a mapping`);
    return undefined;
  }
  return mendRecord(value as Readonly<Record<string, unknown>>, type, path, faults);
}

function mendList(list: readonly unknown[], type: FieldType, path: string, faults: string[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const item = mend(list[at], type, `${path}[${at}]`, faults);
    if (item !== list[at] && copy === undefined) copy = list.slice(0, at);
    if (item !== undefined) copy?.push(item);
  }
  return copy ?? list;
}

function mendRecord(
  record: Readonly<Record<string, unknown>>,
  type: { readonly map: FieldType } | { readonly fields: Readonly<Record<string, FieldType>> },
  path: string,
  faults: string[],
): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined;
  for (const key in record) {
    const own = 'map' in type ? type.map : Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
    if (own === undefined) continue;
    const value = record[key];
    // Kubernetes reads a null in a map of texts as the empty text.
    const mended =
      'map' in type && value === null ? '' : mend(value, own, path === '' ? key : `${path}.${key}`, faults);
    if (mended === value) continue;
    copy ??= { ...record };
    if (mended === undefined) delete copy[key];
    else copy[key] = mended;
  }
  return copy ?? record;
}

function mendScalar(
  value: unknown,
  type: 'text' | 'number' | 'truth' | 'textOrNumber',
  path: string,
  faults: string[],
): unknown {
  const is = typeof value;
  switch (type) {
    case 'text':
      if (is === 'string') return value;
      if (is === 'object') break;
      faults.push(
        `${path} must be text and is read as ${is === 'number' ? 'the number ' : ''}${String(value)}: write it in quotes`,
      );
      return String(value);
    case 'number':
      if (is === 'number') return value;
      if (is === 'object') break;
      faults.push(`${path} must be a number, not ${JSON.stringify(value)}`);
      return is === 'string' && /^-?\d+$/.test(value as string) ? Number(value) : undefined;
    case 'truth':
      if (is === 'boolean') return value;
      faults.push(`${path} must be true or false, not ${JSON.stringify(value)}`);
      return value === 'true' ? true : value === 'false' ? false : undefined;
    case 'textOrNumber':
      if (is === 'string' || is === 'number') return value;
      faults.push(`${path} must be a number or a name`);
      return undefined;
  }
  faults.push(`${path} must be ${type === 'number' ? 'a number' : 'text'}`);
  return undefined;
}
