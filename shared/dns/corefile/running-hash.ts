import { createHash } from 'node:crypto';
import type { CorefileSource } from './sources.ts';
import { COREFILE_PATH } from './syntax/files.ts';
import { loadCorefile } from './syntax/load.ts';

/**
 * The hash by which plugin reload names the Corefile that a server runs on: SHA-512, MD5 before 1.9, of the words of all
 * server blocks with their lines, as Go writes them in JSON (coredns plugin/reload/reload.go, caddy caddyfile/parse.go).
 * Undefined where the text cannot be read, or holds what is filled in from outside: files and variables.
 */
export function runningHash({ text, files, env }: CorefileSource, like: string): string | undefined {
  if (/\{[$%]/.test(text)) return undefined;
  const loaded = loadCorefile(text, COREFILE_PATH, { files, env, knows: () => true, stopsCycles: true });
  if (loaded.refusal !== undefined || loaded.blocks.length === 0) return undefined;
  const blocks = loaded.blocks.map(({ keys, directives }) => {
    const tokens = new Map<string, object[]>();
    for (const directive of directives) {
      const list = tokens.get(directive.name) ?? [];
      list.push(
        ...directive.tokens.map((token) => ({
          File: token.file === COREFILE_PATH ? '' : token.file,
          Line: token.line,
          Text: token.text,
        })),
      );
      tokens.set(directive.name, list);
    }
    const names = [...tokens.keys()].sort((a, b) => (a < b ? -1 : 1));
    return { Keys: keys, Tokens: Object.fromEntries(names.map((name) => [name, tokens.get(name)])) };
  });
  return createHash(like.length === MD5_DIGITS ? 'md5' : 'sha512')
    .update(goJson(blocks))
    .digest('hex');
}

const MD5_DIGITS = 32;

/** encoding/json escapes what would mean something in HTML, and the line breaks of JavaScript. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
