import { describe, expect, it } from 'vitest';
import { splitDocuments, splitListItems } from './yaml-documents.ts';

describe('splitDocuments', () => {
  it('splits at markers and numbers the lines', () => {
    const parts = splitDocuments('a: 1\n---\nb: 2\n--- # third\nc: 3\n...\nd: 4\n');
    expect(parts.map((part) => part.text.trim())).toEqual(['a: 1', 'b: 2', '# third\nc: 3', 'd: 4']);
    expect(parts.map((part) => part.line)).toEqual([1, 2, 4, 6]);
  });

  it('splits answers of kubectl that were added to one file without a marker', () => {
    const list =
      'apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\nkind: List\nmetadata:\n  resourceVersion: ""\n';
    const pod = 'apiVersion: v1\nkind: Pod\nstatus:\n  phase: Running\n';
    expect(splitDocuments(`${list}${pod}${list}`).map(({ line }) => line)).toEqual([1, 8, 12]);
  });

  it('leaves a manifest alone in which a marker was forgotten', () => {
    expect(splitDocuments('apiVersion: v1\nkind: Service\napiVersion: v1\nkind: Pod\n')).toHaveLength(1);
  });

  it('leaves out what holds only comments and blanks', () => {
    expect(splitDocuments('---\n# nothing\n---\n\n---\r\na: 1\r\n---\n')).toHaveLength(1);
    expect(splitDocuments('')).toEqual([]);
  });

  it('does not split inside indented text or at longer runs of dashes', () => {
    expect(splitDocuments('data:\n  x: |\n    ---\n    y\n----: 1\n')).toHaveLength(1);
  });
});

describe('splitListItems', () => {
  it.each([
    ['at the margin', ''],
    ['indented', '  '],
  ])('finds items %s', (_, indent) => {
    const item = (name: string): string => `${indent}- kind: Pod\n${indent}  metadata:\n\n${indent}    name: ${name}\n`;
    const split = splitListItems({ text: `apiVersion: v1\nitems:\n${item('a')}${item('b')}kind: List\n`, line: 1 });
    expect(split?.items.map((part) => part.line)).toEqual([3, 7]);
    expect(split?.header.text).toBe('apiVersion: v1\nkind: List\n');
  });

  it('leaves lists with anchors alone: an item may need another one', () => {
    expect(splitListItems({ text: 'items:\n- &a\n  x: 1\n- *a\n', line: 1 })).toBeUndefined();
  });

  it('works to the end of a text without a last line break', () => {
    const split = splitListItems({ text: 'kind: List\nitems:\n- a: 1\n- b: 2', line: 5 });
    expect(split?.items.map((part) => part.text.trim())).toEqual(['- a: 1', '- b: 2']);
  });

  it('knows no list where there is none', () => {
    expect(splitListItems({ text: 'kind: List\nitems: []\n', line: 1 })).toBeUndefined();
  });
});
