import { describe, expect, it } from 'vitest';
import { indentedItems } from './indented-items.ts';
import { scanJsonValue } from './json-values.ts';
import { parseJsonValues } from './parse-json.ts';

const pod = (at: number, more: object = {}) => ({
  kind: 'Pod',
  metadata: { name: `pod-${at}`, annotations: { note: 'x\n        },\n        {\n'.repeat(20) } },
  spec: { containers: [{ env: [{ name: 'A', value: '}]' }] }, {}] },
  ...more,
});
const list = (count: number) => ({
  apiVersion: 'v1',
  items: Array.from({ length: count }, (_, at) => pod(at)),
  kind: 'List',
  metadata: { resourceVersion: '' },
});

function parsed(text: string) {
  const troubles: string[] = [];
  const values: unknown[] = [];
  for (const document of parseJsonValues(Buffer.from(text), 1, (line, message) => troubles.push(`${line}: ${message}`)))
    for (const { value } of document.values) values.push(value);
  return { values, troubles };
}

describe('a large List in the form of kubectl', () => {
  const text = JSON.stringify(list(400), null, 4);

  it('is cut as the scan of every byte cuts it', () => {
    const { guessed: _, ...quick } = indentedItems(Buffer.from(`${text}\n`), 0) ?? {};
    expect(quick).toEqual(scanJsonValue(Buffer.from(`${text}\n`), 0));
  });

  it('is cut so where each item is a line, as a recording has them', () => {
    const { items, ...header } = list(900);
    const lines = JSON.stringify({ ...header, items: [] }).replace(
      '"items":[]',
      `"items":[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`,
    );
    const { guessed, ...quick } = indentedItems(Buffer.from(`${lines}\n`), 0) ?? {};
    expect(guessed).toBe(true);
    expect(quick).toEqual(scanJsonValue(Buffer.from(`${lines}\n`), 0));
    expect(parsed(lines)).toEqual({ values: items, troubles: [] });
  });

  it('gives its items, and those of a second one behind it', () => {
    const { values, troubles } = parsed(`${text}\n${JSON.stringify(list(3), null, 4)}\n`);
    expect(troubles).toEqual([]);
    expect(values).toEqual([...list(400).items, ...list(3).items]);
  });

  it('loses only the item that is broken', () => {
    const { values, troubles } = parsed(text.replace('"name": "pod-7"', '"name": pod-7'));
    expect(troubles).toEqual([expect.stringMatching(/not valid JSON/)]);
    expect(values).toHaveLength(399);
  });

  it('is read although an object deeper down stands at the same indentation', () => {
    const strange = `{\n    "kind": "List",\n    "items": [\n        {\n        "a": [\n        {\n        "b": 1\n        },\n        {\n        "b": 2\n        }\n    ]},\n        ${JSON.stringify(pod(1, { pad: 'x'.repeat(300_000) }))}\n    ]\n}`;
    const { values, troubles } = parsed(strange);
    expect(troubles).toEqual([]);
    expect(values).toEqual(JSON.parse(strange).items);
  });

  it.each([
    ['small ones', JSON.stringify(list(1), null, 4)],
    ['others on one line', JSON.stringify(list(900))],
    ['one that was cut off', text.slice(0, -300)],
    ['items that stand deeper', JSON.stringify({ spec: list(900) }, null, 4)],
  ])('is not seen in %s', (_, other) => {
    expect(indentedItems(Buffer.from(other), 0)).toBeUndefined();
  });
});
