import type { Lines } from './words.ts';

/**
 * A word of nft's language. Text in quotes is marked, so that `"accept"` is a name and not a verdict; `\n` stands for
 * the end of a line.
 */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

const SPECIAL = '{};,=';

/**
 * Splits the output of `nft list ruleset`. Comments on lines of their own are dropped; what stands
 * for a match or target that this nft cannot print (iptables-nft) becomes the word `#`, or `xt target ?`.
 */
export function tokenize(lines: Lines): Token[] {
  const tokens: Token[] = [];
  for (const { text, line } of lines) {
    const before = tokens.length;
    let at = 0;
    while (at < text.length) {
      const char = text[at] ?? '';
      if (char === ' ' || char === '\t') {
        // iptables-nft keeps matches that nft cannot print: it leaves two blanks, or one behind the indent.
        const hides =
          char === ' ' &&
          (tokens.length > before ? text[at + 1] === ' ' : text[at - 1] === '\t' && text[at + 1] !== ' ');
        if (hides && at + 1 < text.length) tokens.push({ text: '#', quoted: false, line });
        at++;
      } else if (char === '#') {
        if (tokens.length > before && !/^# handle \d+/.test(text.slice(at))) {
          tokens.push({ text: '#', quoted: false, line });
          const counter = text.indexOf(' counter ', at);
          at = counter < 0 ? text.length : counter;
        } else {
          at = text.length;
        }
      } else if (char === '"') {
        const end = text.indexOf('"', at + 1);
        const stop = end < 0 ? text.length : end;
        tokens.push({ text: text.slice(at + 1, stop), quoted: true, line });
        at = stop + 1;
      } else if ((char === '!' || char === '=') && text[at + 1] === '=') {
        tokens.push({ text: `${char}=`, quoted: false, line });
        at += 2;
      } else if (SPECIAL.includes(char)) {
        tokens.push({ text: char, quoted: false, line });
        at++;
      } else {
        const end = endOfWord(text, at);
        tokens.push({ text: text.slice(at, end), quoted: false, line });
        at = end;
      }
    }
    // A rule that ends with a blank has a target that nft cannot print.
    if (tokens.length > before && text.endsWith(' ') && tokens.at(-2)?.text === 'bytes') {
      for (const word of ['xt', 'target', '?']) tokens.push({ text: word, quoted: false, line });
    }
    if (tokens.length > before) tokens.push({ text: '\n', quoted: false, line });
  }
  return tokens;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === ' ' || char === '\t' || char === '"' || SPECIAL.includes(char)) break;
    at++;
  }
  return at;
}

/** Reads tokens one after the other. */
export class TokenReader {
  readonly tokens: readonly Token[];
  at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get done(): boolean {
    return this.at >= this.tokens.length;
  }

  peek(ahead = 0): string {
    return this.tokens[this.at + ahead]?.text ?? '';
  }

  next(): Token {
    return this.tokens[this.at++] ?? { text: '', quoted: false, line: 0 };
  }

  skipBreaks(): void {
    while (!this.done && (this.peek() === '\n' || this.peek() === ';')) this.at++;
  }

  /** Passes over a block whose `{` was read already. */
  skipBlock(): void {
    for (let depth = 1; depth > 0 && !this.done; ) {
      const { text, quoted } = this.next();
      if (!quoted && text === '{') depth++;
      if (!quoted && text === '}') depth--;
    }
  }

  /** The words up to the end of a statement: a line break or `;` outside of braces, or the brace that closes the block. */
  statement(): readonly Token[] {
    const words: Token[] = [];
    let depth = 0;
    while (!this.done) {
      const text = this.peek();
      const { quoted } = this.tokens[this.at] ?? { quoted: false };
      if (!quoted) {
        if (depth === 0 && (text === '\n' || text === ';' || text === '}')) break;
        if (text === '{') depth++;
        if (text === '}') depth--;
      }
      const token = this.next();
      if (token.text !== '\n' || token.quoted) words.push(token);
    }
    return words;
  }
}
