import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BASE_VERSION, PLATFORMS, platformName } from './platforms.ts';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity?: string }>>;
};

describe('the pinned Node', () => {
  it.each(PLATFORMS.map((platform) => [platformName(platform), platform] as const))(
    'of %s is the one that the lock file and package.json know',
    (_, { base, integrity }) => {
      const { optionalDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as {
        readonly optionalDependencies?: Readonly<Record<string, string>>;
      };
      expect(optionalDependencies[base]).toBe(BASE_VERSION);
      // The lock file may lack the packages of other platforms, but must not disagree.
      const locked = lock.packages[`node_modules/${base}`];
      if (locked !== undefined) expect(locked).toMatchObject({ version: BASE_VERSION, integrity });
    },
  );
});
