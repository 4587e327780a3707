import type { Condition, LabelSelector, ObjectMeta, ObjectReference } from '../../model/objects.ts';

/**
 * The types of the fields that checks read, for the kinds that people write by hand. The compiler compares them with
 * `shared/model`: a field added there must be added here.
 */
export type TypeOf<T> = 'any' | KnownType<T>;

export type KnownType<T> = unknown extends T
  ? never
  : [T] extends [string]
    ? 'text'
    : [T] extends [number]
      ? 'number'
      : [T] extends [boolean]
        ? 'truth'
        : [T] extends [string | number]
          ? 'textOrNumber'
          : T extends readonly (infer E)[]
            ? { readonly list: TypeOf<NonNullable<E>> }
            : string extends keyof T
              ? { readonly map: TypeOf<NonNullable<T[keyof T]>> }
              : FieldsOf<T>;

export type FieldsOf<T> = { readonly fields: { readonly [K in keyof Required<T>]: TypeOf<NonNullable<T[K]>> } };

export const TEXTS = { list: 'text' } as const;
export const TEXT_MAP = { map: 'text' } as const;
export const AMOUNTS = { map: 'textOrNumber' } as const;
export const NAMED = { list: { fields: { name: 'text' } } } as const;
export const IPS = { list: { fields: { ip: 'text' } } } as const;

export const META: FieldsOf<ObjectMeta> = {
  fields: {
    name: 'text',
    generateName: 'text',
    namespace: 'text',
    uid: 'text',
    labels: TEXT_MAP,
    annotations: TEXT_MAP,
    creationTimestamp: 'text',
    deletionTimestamp: 'text',
    deletionGracePeriodSeconds: 'number',
    generation: 'number',
    resourceVersion: 'text',
    ownerReferences: {
      list: { fields: { apiVersion: 'text', kind: 'text', name: 'text', uid: 'text', controller: 'truth' } },
    },
    finalizers: TEXTS,
    managedFields: {
      list: { fields: { manager: 'text', operation: 'text', time: 'text', subresource: 'text', fieldsV1: 'any' } },
    },
  },
};

export const OBJECT = { apiVersion: 'any', kind: 'any', metadata: META } as const;

export const CONDITIONS: { readonly list: FieldsOf<Condition> } = {
  list: {
    fields: {
      type: 'text',
      status: 'text',
      reason: 'text',
      message: 'text',
      lastTransitionTime: 'text',
      // Null in most pods, and read by nobody but with care.
      lastProbeTime: 'any',
    },
  },
};

export const REFERENCE: FieldsOf<ObjectReference> = {
  fields: { apiVersion: 'text', kind: 'text', namespace: 'text', name: 'text', uid: 'text', fieldPath: 'text' },
};

export const SELECTOR: FieldsOf<LabelSelector> = {
  fields: {
    matchLabels: TEXT_MAP,
    matchExpressions: { list: { fields: { key: 'text', operator: 'text', values: TEXTS } } },
  },
};
