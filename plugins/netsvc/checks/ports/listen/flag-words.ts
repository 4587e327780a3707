import type { Words } from './shell-words.ts';

/** One option of a command line with its value, which may stand in the same word or the next. */
export interface Flag {
  /** Without dashes, lower case, `.` and `_` as `-`: `--web.listen-address` is `web-listen-address`. */
  readonly name: string;
  /** Empty for a switch. */
  readonly value: string;
  /** A single dash and a single letter: `-p`. */
  readonly short: boolean;
}

/**
 * The options of a command line whose grammar is not known: `--name=value`, `--name value`, `-name value`, `-Dname=value`.
 * A word that follows an option and starts with no dash is taken for its value.
 */
export function flagsOf(words: Words): readonly Flag[] {
  const flags: Flag[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    const match = /^(--?)([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word);
    if (match === null) continue;
    const [, , raw = '', inline] = match;
    const next = words[at + 1];
    const value = inline ?? (next !== undefined && !next.startsWith('-') ? next : '');
    flags.push({ name: normalise(raw), value, short: raw.length === 1 });
  }
  return flags;
}

/** `-Dserver.port=9090` of a Java machine counts as `server-port`. */
function normalise(name: string): string {
  const bare = /^D[a-z]/.test(name) ? name.slice(1) : name;
  return bare.length === 1 ? bare : bare.toLowerCase().replace(/[._]/g, '-');
}

/** The value of the first of some options, glued short forms (`-p8080`) included; undefined when none is there. */
export function optionValue(words: Words, names: readonly string[]): string | undefined {
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    for (const name of names) {
      if (word === name) return words[at + 1];
      if (name.startsWith('--') && word.startsWith(`${name}=`)) return word.slice(name.length + 1);
      if (/^-[A-Za-z]$/.test(name) && word.startsWith(name) && !word.startsWith('--') && word.length > 2) {
        const glued = word.slice(2);
        if (/^[\d.:[\]]+$/.test(glued)) return glued;
      }
    }
  }
  return undefined;
}

/** Words that are neither options nor the values of options in `withValue`. */
export function positionals(words: Words, withValue: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (withValue.includes(word)) at++;
    else if (!word.startsWith('-')) found.push(word);
  }
  return found;
}
