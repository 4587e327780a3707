import { execaSync } from 'execa';

/** metrics-server's module asks for it, and so does a reproducible build. */
const oldest = [1, 26] as const;

/** The Go command if one of the wanted version is installed. */
export function findGo(): string | undefined {
  for (const candidate of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']) {
    const { stdout, failed } = execaSync(candidate, ['env', 'GOVERSION'], {
      reject: false,
      env: { GOTOOLCHAIN: 'local' },
    });
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
    if (!failed && Number(major) === oldest[0] && Number(minor) >= oldest[1]) {
      return candidate;
    }
  }
  return undefined;
}
