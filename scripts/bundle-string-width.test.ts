import { describe, expect, it } from 'vitest';
import stringWidth from './bundle-string-width.ts';

describe('width of a text in a terminal', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['→ ✓', 3],
    ['\u001b[31mred\u001b[0m', 3],
    ['馬', 2],
    ['e\u0301', 1],
    ['🐎', 2],
    ['a\u0007b', 2],
  ])('%j takes %i columns', (text, columns) => {
    expect(stringWidth(text)).toBe(columns);
  });
});
