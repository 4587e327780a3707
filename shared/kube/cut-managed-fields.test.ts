import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutManagedFields } from './cut-managed-fields.ts';

const cut = (value: unknown): unknown => JSON.parse(cutManagedFields(Buffer.from(JSON.stringify(value))).toString());

describe('managedFields', () => {
  it('are emptied wherever they stand, whatever they hold', () => {
    const entry = { manager: 'a"]\\', fieldsV1: { 'f:x': { 'k:{"type":"Ready"}': {}, '.': [[], ']'] } } };
    const pod = {
      metadata: { managedFields: [entry, entry], name: 'web' },
      spec: { args: ['[', '"managedFields":['] },
    };
    const empty = { ...pod, metadata: { managedFields: [], name: 'web' } };
    expect(cut({ items: [pod, pod] })).toEqual({ items: [empty, empty] });
  });

  it('that stand in a string are text', () => {
    const pod = { metadata: { annotations: { copy: JSON.stringify({ metadata: { managedFields: [{}] } }) } } };
    expect(cut(pod)).toEqual(pod);
  });

  it('may have names that look like the end of the list', () => {
    for (const name of ['}]', '}],', '}]}', '}],{', '}]},{', '[{}]', '}],\\"a', '}],"a":', '', '}', ']']) {
      const fields = [{ manager: name, fieldsV1: { [`f:${name}`]: { [name]: {} } } }];
      for (const next of ['name', '', ':', '}', '\\', '"']) {
        const pod = { metadata: { managedFields: fields, [next]: name } };
        const empty = { metadata: { managedFields: [], [next]: name } };
        expect(cut([pod, pod])).toEqual([empty, empty]);
        expect(cut({ metadata: { [next]: name, managedFields: fields } })).toEqual(
          JSON.parse(JSON.stringify({ metadata: { [next]: name, managedFields: [] } })),
        );
      }
    }
  });

  it('never change anything else', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (fields, rest) => {
        const value = { items: [{ a: rest, managedFields: fields, z: rest }, rest] };
        expect(cut(value)).toEqual(
          JSON.parse(JSON.stringify({ items: [{ a: rest, managedFields: [], z: rest }, rest] })),
        );
      }),
    );
  });

  it('of a damaged answer are left to the parser', () => {
    for (const text of ['{"managedFields":[{"a":"', '{"managedFields":[[]', '"managedFields":[']) {
      expect(cutManagedFields(Buffer.from(text)).toString()).toBe(text);
    }
  });
});
