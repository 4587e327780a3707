import { describe, expect, it } from 'vitest';
import { nextVersion, releaseChangelog } from './next-version.ts';

describe('the version of a release', () => {
  it.each([
    ['0.1.0', 'patch', '0.1.1'],
    ['0.1.0', 'minor', '0.2.0'],
    ['0.1.0', 'major', '1.0.0'],
    ['0.1.0', 'prerelease', '0.1.1-rc.0'],
    ['0.1.0', '0.3.0-rc.1', '0.3.0-rc.1'],
    ['0.1.0', 'v2.0.0', '2.0.0'],
    ['0.1.0', '0.1.0', '0.1.0'],
  ])('after %s, asked for %s, is %s', (current, asked, next) => {
    expect(nextVersion(current, asked)).toBe(next);
  });

  it.each([
    ['', 'say what to release'],
    ['next', 'say what to release'],
    ['0.1', 'say what to release'],
    ['0.0.9', 'lower than 0.1.0'],
  ])('%j is refused', (asked, says) => {
    expect(() => nextVersion('0.1.0', asked)).toThrow(says);
  });
});

describe('the changelog of a release', () => {
  const before = '# Changelog\n\n## Unreleased\n\n### Added\n- A thing.\n\n## 0.1.0 - 2026-01-01\n\n- First.\n';

  it('gets a heading over what was unreleased', () => {
    expect(releaseChangelog(before, '0.2.0', '2026-02-03')).toBe(
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-02-03\n\n### Added\n- A thing.\n\n## 0.1.0 - 2026-01-01\n\n- First.\n',
    );
  });

  it.each(['# Changelog\n', '# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-01-01\n\n- First.\n'])(
    'without news is refused',
    (text) => {
      expect(() => releaseChangelog(text, '0.2.0', '2026-02-03')).toThrow('nothing under');
    },
  );
});
