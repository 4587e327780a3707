/** Names every field of `T`, optional ones too, so that a field added to the type must be added to the list. */
export type Fields<T> = { readonly [K in keyof Required<T>]: Keep<NonNullable<T[K]>> };

/** What to keep of a value: `true` keeps it whole; a list keeps the same of each item. */
export type Keep<T> = true | (T extends readonly (infer E)[] ? Keep<E> : T extends object ? Fields<T> : true);

type Shape = true | { readonly [key: string]: Shape };

/** A copy of `value` with the kept fields only; lists are followed, the input is not changed. */
export function project<T>(value: T, keep: Keep<NonNullable<T>>): T {
  return pick(value, keep as Shape) as T;
}

function pick(value: unknown, keep: Shape): unknown {
  if (keep === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, keep));
  const from = value as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  // Most fields are kept whole or not at all: no call for these.
  for (const key in from) {
    const inner = keep[key];
    if (inner === true) result[key] = from[key];
    else if (inner !== undefined && Object.hasOwn(keep, key)) result[key] = pick(from[key], inner);
  }
  return result;
}
