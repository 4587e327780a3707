import { expect, it } from 'vitest';
import { withShortNames } from './bundle-plugin.ts';

it('parts find each other by short names, and nothing else that looks like a name is touched', () => {
  const parts = withShortNames([
    { name: 'main.js', quick: true, code: 'require("./chunk-QWERTZ.js");"./chunk-QWERTZ.js";require("node:fs")' },
    { name: 'chunk-QWERTZ.js', quick: false, code: 'require("./main.js");require("./unknown.js")' },
  ]);
  expect(parts).toEqual([
    { name: 'main.js', quick: true, code: 'require("./0");"./chunk-QWERTZ.js";require("node:fs")' },
    { name: '0', quick: false, code: 'require("./main.js");require("./unknown.js")' },
  ]);
});
