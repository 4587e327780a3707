import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { tempFiles } from '../shared/testing/temp-files.ts';
import { joinParts } from './bundle-parts.ts';

describe('a bundle of parts', () => {
  it('runs quick and packed parts, each once, and finds the modules of Node', () => {
    const files = tempFiles();
    try {
      const code = joinParts(
        [
          { name: 'main.js', quick: true, code: 'globalThis.trace=[];require("./lazy.js");require("./lazy.js");' },
          {
            name: 'lazy.js',
            quick: false,
            code: 'globalThis.trace.push("lazy",require("./other.js").name,require("node:path").basename("/a/b"),typeof __file);',
          },
          { name: 'other.js', quick: false, code: 'exports.name="other";' },
        ],
        '// banner',
      );
      createRequire(import.meta.url)(files.write('bundle.cjs', code));
      expect((globalThis as { trace?: unknown }).trace).toEqual(['lazy', 'other', 'b', 'string']);
    } finally {
      files.remove();
    }
  });

  it('refuses parts whose places would be counted wrongly', () => {
    expect(() => joinParts([{ name: 'a.js', quick: false, code: '"→"' }], '')).toThrow('not plain ASCII');
  });
});
