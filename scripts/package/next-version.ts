import { inc, lt, type ReleaseType, valid } from 'semver';

const STEPS: readonly string[] = ['major', 'minor', 'patch', 'prerelease'];

/** The version after `current`: a step (`minor`) or a version of its own, which must not be lower. Throws with what to say. */
export function nextVersion(current: string, asked: string): string {
  if (STEPS.includes(asked)) {
    const next = inc(current, asked as ReleaseType, 'rc');
    if (next !== null) return next;
  }
  const version = valid(asked);
  if (version === null)
    throw new Error(`say what to release: ${STEPS.join(', ')} or a version such as 1.2.3, not "${asked}"`);
  if (lt(version, current)) throw new Error(`${version} is lower than ${current}, the version of now`);
  return version;
}

/** The changelog with what is unreleased under the new version. Throws when there is nothing to release. */
export function releaseChangelog(text: string, version: string, date: string): string {
  const heading = '## Unreleased\n';
  const at = text.indexOf(heading);
  const next = text.indexOf('\n## ', at + heading.length);
  const body = at < 0 ? '' : text.slice(at + heading.length, next < 0 ? undefined : next);
  if (body.trim() === '')
    throw new Error('CHANGELOG.md has nothing under "## Unreleased"; write what users will see first');
  return `${text.slice(0, at)}${heading}\n## ${version} - ${date}\n${text.slice(at + heading.length)}`;
}
