import { describe, expect, it } from 'vitest';
import { pluginParts } from '../../scripts/bundle-plugin.ts';
import { PLUGINS } from './plugins.ts';

/** In a bundle the code for help and completion stands as it is; an import there brings all that it imports. */
describe('the plain code of a bundle', () => {
  it.each(PLUGINS)(
    'of $name holds what help and completion need, and no library for anything else',
    async ({ name }) => {
      const { parts, meta } = await pluginParts({ folder: `plugins/${name}`, version: '1.2.3' });
      const plain = new Set(parts.filter(({ quick }) => quick).map((part) => `out/${part.name}`));
      const packages = Object.entries(meta.outputs).flatMap(([path, { inputs }]) =>
        plain.has(path)
          ? Object.keys(inputs).flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [])
          : [],
      );
      expect([...new Set(packages)]).toEqual(['fastest-levenshtein']);
      expect(parts.reduce((sum, { quick, code }) => sum + (quick ? code.length : 0), 0)).toBeLessThan(45_000);
    },
  );
});
