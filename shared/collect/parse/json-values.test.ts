import { describe, expect, it } from 'vitest';
import { scanJsonValue } from './json-values.ts';

function scan(text: string) {
  const bytes = Buffer.from(text);
  const value = scanJsonValue(bytes, 0);
  const items: string[] = [];
  for (let at = 0; at < (value.items?.length ?? 0); at += 2) {
    items.push(bytes.toString('utf8', value.items?.[at], value.items?.[at + 1]));
  }
  return { ...value, items };
}

describe('scanJsonValue', () => {
  it('finds the items of a list', () => {
    const value = scan('{"kind":"List", "items" : [ {"a":[{"b":1}]}, {"items":[{"c":"]}"}]} ], "metadata":{"x":[{}]}}');
    expect(value.complete).toBe(true);
    expect(value.items).toEqual(['{"a":[{"b":1}]}', '{"items":[{"c":"]}"}]}']);
  });

  it('finds the items of a bare array', () => {
    expect(scan('[{"a":1},{"b":[2,{"c":3}]}]').items).toEqual(['{"a":1}', '{"b":[2,{"c":3}]}']);
  });

  it('is not misled by brackets, quotes and the word items inside strings', () => {
    const value = scan('{"m":"items","n":"\\"items\\":[{","o":"\\\\","items":[{"t":"a\\\\\\"}]"}]}');
    expect(value.items).toEqual(['{"t":"a\\\\\\"}]"}']);
    expect(value.complete).toBe(true);
  });

  it('keeps to lists at the top: an object with items deeper down has none', () => {
    expect(scan('{"spec":{"items":[{"a":1}]}}').itemsStart).toBeUndefined();
  });

  it('gives the items before the place where the text was cut off', () => {
    const value = scan('{"kind":"PodList","items":[{"a":1},{"b":2},{"c":');
    expect(value.complete).toBe(false);
    expect(value.items).toEqual(['{"a":1}', '{"b":2}']);
    expect(scan('{"a": "never ends').complete).toBe(false);
  });

  it('stops at the end of the first of several values', () => {
    expect(scan('{"a":1}{"b":2}').end).toBe(7);
  });
});
