/** One word of a Corefile: text without its quotes, and where it stands. */
export interface Token {
  readonly text: string;
  /** Path of the file it was read from; words of an imported file keep theirs. */
  readonly file: string;
  /** Line it begins on, from 1. A quoted word may go on over more lines. */
  readonly line: number;
}

/** A comment, which CoreDNS drops and people want to keep. */
export interface Comment {
  /** Text from the `#` on, without blanks at the end. */
  readonly text: string;
  readonly line: number;
}

export interface Words {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}

/** What Go calls a space, which is not what JavaScript calls one: U+0085 is in, U+FEFF is not. */
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;

/**
 * Splits a Corefile into words the way CoreDNS does: blanks part words; `"` at the start of a word quotes it, over lines too,
 * with `\"` inside as the only escape; `#` between words hides the rest of the line, and in the middle of a word the rest of
 * that word. Every text has a reading; nothing is refused here. Source: coredns/caddy caddyfile/lexer.go.
 */
export function splitWords(text: string, file: string): Words {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  let line = 1;
  let word = '';
  let begin = 1;
  let comment: { text: string; line: number } | undefined;
  let quoted = false;
  let escaped = false;

  function endWord(): void {
    tokens.push({ text: word, file, line: begin });
    word = '';
  }
  function endComment(): void {
    if (comment !== undefined) comments.push({ text: comment.text.trimEnd(), line: comment.line });
    comment = undefined;
  }

  for (const char of text.startsWith('\ufeff') ? text.slice(1) : text) {
    if (quoted) {
      if (!escaped && char === '\\') {
        escaped = true;
        continue;
      }
      if (!escaped && char === '"') {
        quoted = false;
        endWord();
        continue;
      }
      if (char === '\n') line += 1;
      word += escaped && char !== '"' ? '\\' + char : char;
      escaped = false;
      continue;
    }
    if (SPACE.test(char)) {
      // A carriage return is as if it were not there, in the middle of a word too.
      if (char === '\r') continue;
      if (char === '\n') {
        if (word !== '') {
          comment = undefined;
          endWord();
        }
        endComment();
        line += 1;
        continue;
      }
      if (word !== '') {
        comment = undefined;
        endWord();
      } else if (comment !== undefined) comment.text += char;
      continue;
    }
    if (comment !== undefined) {
      comment.text += char;
      continue;
    }
    if (char === '#') {
      comment = { text: '#', line };
      continue;
    }
    if (word === '') {
      begin = line;
      if (char === '"') {
        quoted = true;
        continue;
      }
    }
    word += char;
  }
  if (word !== '') endWord();
  else endComment();
  return { tokens, comments };
}

/** How many lines a word goes on for after the one it begins on. */
export function lineBreaks(token: Token): number {
  let count = 0;
  for (let at = token.text.indexOf('\n'); at >= 0; at = token.text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Whether the second word stands on a later line than the first one ends, or in another file. */
export function onNewLine(before: Token, token: Token): boolean {
  return before.file !== token.file || before.line + lineBreaks(before) < token.line;
}

/** A word written so that it reads as the same word. */
export function writeWord(text: string): string {
  const bare = text !== '' && !text.startsWith('"') && !text.includes('#') && !SPACE.test(text);
  return bare ? text : `"${text.replaceAll('"', '\\"')}"`;
}
