/** A line of a dump with its 1-based place in the file. */
export interface Line {
  readonly text: string;
  readonly line: number;
}

export type Lines = readonly Line[];

/** A file as lines; line ends of Windows and a byte order mark are dropped. */
export function linesOf(text: string): Line[] {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const lines = plain.includes('\r') ? plain.split(/\r?\n/) : plain.split('\n');
  return lines.map((line, at) => ({ text: line, line: at + 1 }));
}

/** Words of a line at blanks; text in double quotes is one word, with backslashes before quotes taken off. */
export function splitWords(text: string): string[] {
  if (!text.includes('"')) return text.split(' ').filter((word) => word !== '');
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text[at];
    if (start === ' ' || start === '\t') {
      at++;
    } else if (start === '"') {
      const { value, end } = quoted(text, at + 1);
      words.push(value);
      at = end;
    } else {
      let end = text.indexOf(' ', at);
      if (end < 0) end = text.length;
      words.push(text.slice(at, end));
      at = end;
    }
  }
  return words;
}

function quoted(text: string, from: number): { value: string; end: number } {
  const close = text.indexOf('"', from);
  const whole = text.slice(from, close < 0 ? text.length : close);
  // Nearly all comments: dumps have tens of thousands of them.
  if (!whole.includes('\\')) return { value: whole, end: close < 0 ? text.length : close + 1 };
  let value = '';
  let at = from;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    value += text[at];
    at++;
  }
  return { value, end: at + 1 };
}

/** The word after another one: `via` in `10.0.0.0/8 via 10.1.0.1 dev eth0`. */
export function after(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}
