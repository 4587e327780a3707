import { posix } from 'node:path';

/** Where the Corefile lies in CoreDNS's containers, and what an import of a relative path is relative to. */
export const COREFILE_PATH = '/etc/coredns/Corefile';

/** Files that CoreDNS can see, by absolute path. */
export type Files = ReadonlyMap<string, string>;

/** The path of an import, which is relative to the file that imports. */
export function absolutePath(pattern: string, importer: string): string {
  return pattern.startsWith('/') ? pattern : posix.join(posix.dirname(importer), pattern);
}

/** Whether a pattern holds a wildcard, so that matching nothing is harmless. */
export function hasWildcard(pattern: string): boolean {
  return /[*?[\]]/.test(pattern);
}

/** Paths a pattern matches, sorted as a shell sorts them. Neither `*` nor `?` crosses a slash. */
export function matchingPaths(pattern: string, files: Files): readonly string[] {
  const expression = globExpression(posix.normalize(pattern));
  return [...files.keys()].filter((path) => expression.test(path)).sort();
}

/** What a pattern of an import matches. Classes of letters are not among it: CoreDNS refuses a pattern that holds one. */
export function globExpression(pattern: string): RegExp {
  let source = '';
  for (const char of pattern) {
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else source += char.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
}
