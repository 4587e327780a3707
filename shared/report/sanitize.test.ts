import { describe, expect, it } from 'vitest';
import { sanitize, sanitizeText } from './sanitize.ts';

describe('texts of the cluster', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', 'red'],
    ['a cleared screen', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['a title or the clipboard', 'a\u001b]52;c;aGVsbG8=\u0007b\u001b]0;title\u001b\\c', 'abc'],
    ['a lone escape', 'a\u001b', 'a'],
    ['a C1 control', 'a\u009b31mb', 'a31mb'],
    ['a bell, a backspace, a zero', 'a\u0007\u0008\u0000b', 'ab'],
    ['a carriage return', 'good\rbad', 'good\nbad'],
    ['a tab', 'a\tb', 'a b'],
    ['turned writing', 'a\u202egnp.exe\u202c', 'agnp.exe'],
    ['letters of other scripts', 'žluťoučký 馬 ✓ 🐎', 'žluťoučký 馬 ✓ 🐎'],
    ['lines', 'a\nb\r\nc', 'a\nb\nc'],
  ])('%s', (_title, text, clean) => {
    expect(sanitizeText(text)).toBe(clean);
  });

  it('are made safe wherever they stand in a value', () => {
    const value = { a: ['x\u001b[1m', { b: '\u0007y' }], n: 1, none: undefined, no: null };
    expect(sanitize(value)).toEqual({ a: ['x', { b: 'y' }], n: 1, none: undefined, no: null });
  });
});
