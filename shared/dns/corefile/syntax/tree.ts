import { type Comment, onNewLine, splitWords, type Token } from './tokens.ts';

/** A Corefile as written: imports, variables and snippets are left in place, lines keep their words and comments. */
export interface CorefileTree {
  readonly items: readonly TreeItem[];
  /** Comments behind the last item. */
  readonly after: readonly string[];
}

export type TreeItem = TreeBlock | TreeImport;

/** A server block or a snippet. */
export interface TreeBlock {
  readonly kind: 'block';
  readonly keys: readonly string[];
  readonly line: number;
  readonly comments: readonly string[];
  /** A comment behind the opening brace. */
  readonly trailing: string | undefined;
  readonly directives: readonly TreeDirective[];
  /** Comments before the closing brace, and one behind it. */
  readonly last: readonly string[];
  readonly closing: string | undefined;
  /** Whether it has braces; a Corefile of a single server may do without. */
  readonly braces: boolean;
  /** Whether the closing brace is there. */
  readonly closed: boolean;
}

/** An import outside of a server block. */
export interface TreeImport {
  readonly kind: 'import';
  readonly words: readonly string[];
  readonly line: number;
  readonly comments: readonly string[];
  readonly trailing: string | undefined;
}

/** A directive with the lines of its block; the first line begins with its name. */
export interface TreeDirective {
  readonly name: string;
  readonly line: number;
  readonly lines: readonly TreeLine[];
}

export interface TreeLine {
  readonly words: readonly string[];
  readonly line: number;
  readonly comments: readonly string[];
  readonly trailing: string | undefined;
}

/** Reads the form of a Corefile. Every text has one; whether CoreDNS takes it is for `judgeCorefile` to say. */
export function parseTree(text: string): CorefileTree {
  return new TreeReader(text).read();
}

class TreeReader {
  readonly #tokens: readonly Token[];
  readonly #comments: readonly Comment[];
  #at = 0;
  #commentAt = 0;

  constructor(text: string) {
    const { tokens, comments } = splitWords(text, '');
    this.#tokens = tokens;
    this.#comments = comments;
  }

  read(): CorefileTree {
    const items: TreeItem[] = [];
    while (this.#at < this.#tokens.length) items.push(this.#readItem());
    return { items, after: this.#commentsBefore(Number.POSITIVE_INFINITY) };
  }

  #readItem(): TreeItem {
    const first = this.#token;
    const line = first?.line ?? 0;
    if (first?.text === 'import' && this.#begins()) {
      const { words, comments, trailing } = this.#readLine();
      return { kind: 'import', words, line, comments, trailing };
    }
    const comments = this.#commentsBefore(line);
    const keys = this.#readKeys();
    const braces = this.#token?.text === '{';
    if (braces) this.#at += 1;
    const trailing = braces ? this.#commentOn(this.#tokens[this.#at - 1]) : undefined;
    const directives: TreeDirective[] = [];
    while (this.#token !== undefined && this.#token.text !== '}') directives.push(this.#readDirective());
    const end = this.#token;
    const last = braces || end !== undefined ? this.#commentsBefore(end?.line ?? Number.POSITIVE_INFINITY) : [];
    if (end !== undefined) this.#at += 1;
    const closing = this.#commentOn(end);
    return {
      kind: 'block',
      keys,
      line,
      comments,
      trailing,
      directives,
      last,
      closing,
      braces,
      closed: end !== undefined,
    };
  }

  get #token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #readKeys(): string[] {
    const keys: string[] = [];
    let another = false;
    for (let token = this.#token; token !== undefined && token.text !== '{'; token = this.#token) {
      const newLine = this.#begins();
      if (keys.length > 0 && newLine && (!another || token.text === 'import')) break;
      keys.push(token.text);
      if (token.text !== '') another = token.text.endsWith(',');
      this.#at += 1;
    }
    return keys.map((key, at) => (keys.slice(at + 1).some((later) => later !== '') ? withoutComma(key) : key));
  }

  /** Whether the word is the first of its line. */
  #begins(): boolean {
    const [before, token] = [this.#tokens[this.#at - 1], this.#token];
    return before === undefined || token === undefined || onNewLine(before, token);
  }

  #readDirective(): TreeDirective {
    const lines = [this.#readLine()];
    const [first] = lines;
    let depth = depthAfter(0, (first?.words ?? []).slice(1));
    // A brace that opens on the next line belongs to the directive too, though no plugin looks for it there.
    while (this.#token !== undefined && (depth > 0 || this.#token.text === '{')) {
      const line = this.#readLine();
      lines.push(line);
      depth = depthAfter(depth, line.words);
    }
    return { name: first?.words[0] ?? '', line: first?.line ?? 0, lines };
  }

  /** The words up to the line's end, at least one. */
  #readLine(): TreeLine {
    const line = this.#token?.line ?? 0;
    const comments = this.#commentsBefore(line);
    const words: string[] = [];
    for (let token = this.#token; token !== undefined; token = this.#token) {
      if (words.length > 0 && this.#begins()) break;
      words.push(token.text);
      this.#at += 1;
    }
    return { words, line, comments, trailing: this.#commentOn(this.#tokens[this.#at - 1]) };
  }

  #commentsBefore(line: number): string[] {
    const found: string[] = [];
    for (let comment = this.#comments[this.#commentAt]; comment !== undefined && comment.line < line; ) {
      found.push(comment.text);
      this.#commentAt += 1;
      comment = this.#comments[this.#commentAt];
    }
    return found;
  }

  #commentOn(token: Token | undefined): string | undefined {
    const comment = this.#comments[this.#commentAt];
    const next = this.#token;
    if (token === undefined || comment === undefined) return undefined;
    if (comment.line !== token.line || (next !== undefined && next.line === token.line)) return undefined;
    this.#commentAt += 1;
    return comment.text;
  }
}

/** The depth of braces behind some words; it does not fall below that of the directive. */
export function depthAfter(depth: number, words: readonly string[]): number {
  return words.reduce((now, word) => Math.max(0, now + (word === '{' ? 1 : word === '}' ? -1 : 0)), depth);
}

/** A key whose comma only said that another one follows; where it says more it stays. */
function withoutComma(key: string): string {
  const plain = key.endsWith(',') ? key.slice(0, -1) : key;
  return ['', '{', 'import'].includes(plain) || plain.endsWith(',') ? key : plain;
}
