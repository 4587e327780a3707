import { absolutePath, type Files, hasWildcard, matchingPaths } from './files.ts';
import { Refusal } from './problem.ts';
import { lineBreaks, onNewLine, splitWords, type Token } from './tokens.ts';
import { fillInVariables } from './variables.ts';

/** One server block as CoreDNS sees it: imports put in, variables filled in, words gathered by directive. */
export interface ServerBlock {
  readonly keys: readonly string[];
  /** Where its first key stands. */
  readonly file: string;
  readonly line: number;
  /** Directives in the order of the file; one that stands twice is here twice. */
  readonly directives: readonly LoadedDirective[];
}

export interface LoadedDirective {
  readonly name: string;
  /** The name and all words up to the line's end or the closing brace. */
  readonly tokens: readonly Token[];
}

export interface LoadOptions {
  readonly files: Files;
  readonly env: ReadonlyMap<string, string>;
  /** Words that may begin a line of a server block. */
  readonly knows: (directive: string) => boolean;
  /** Since 1.13.0 a snippet that imports itself is refused; before, CoreDNS never got out of it. */
  readonly stopsCycles: boolean;
}

export interface Loaded {
  readonly blocks: readonly ServerBlock[];
  /** Import patterns that match nothing, which CoreDNS says and goes on. */
  readonly emptyImports: readonly { readonly pattern: string; readonly file: string; readonly line: number }[];
  readonly refusal: Refusal | undefined;
}

/** Caps of CoreDNS 1.13 on snippets put in; the number of words is ours, so that a hostile text ends early. */
const MAX_SNIPPETS = 10_000;
const MAX_FILES = 2_000;
const MAX_WORDS = 400_000;

/**
 * Reads a Corefile as CoreDNS does, word by word, imports spliced in where they stand. Never throws: what it refuses comes
 * back beside the blocks read so far. Source: coredns/caddy caddyfile/parse.go.
 */
export function loadCorefile(text: string, path: string, options: LoadOptions): Loaded {
  const loader = new Loader(splitWords(text, path).tokens, path, options);
  let refusal: Refusal | undefined;
  try {
    loader.readAll();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refusal = error;
  }
  return { blocks: loader.blocks, emptyImports: loader.emptyImports, refusal };
}

class Loader {
  readonly blocks: ServerBlock[] = [];
  readonly emptyImports: { pattern: string; file: string; line: number }[] = [];
  readonly #options: LoadOptions;
  readonly #path: string;
  readonly #tokens: Token[];
  readonly #snippets = new Map<string, readonly Token[]>();
  #at = -1;
  #snippetsPut = 0;
  #filesPut = 0;
  #block: { keys: string[]; file: string; line: number; directives: LoadedDirective[] };

  constructor(tokens: readonly Token[], path: string, options: LoadOptions) {
    this.#tokens = [...tokens];
    this.#path = path;
    this.#options = options;
    this.#block = this.#emptyBlock();
  }

  readAll(): void {
    while (this.#next()) {
      this.#block = this.#emptyBlock();
      this.#readOne();
      if (this.#block.keys.length > 0) this.blocks.push(this.#block);
    }
  }

  #emptyBlock(): { keys: string[]; file: string; line: number; directives: LoadedDirective[] } {
    return { keys: [], ...this.#place(), directives: [] };
  }

  #readOne(): void {
    if (this.#readKeys() === 'end of file') return;
    const [key = ''] = this.#block.keys;
    if (this.#block.keys.length === 1 && key.startsWith('(') && key.endsWith(')')) {
      this.#readSnippet(key.slice(1, -1));
      this.#block.keys = [];
      return;
    }
    const braces = this.#word() === '{';
    if (!braces) this.#at -= 1;
    this.#readDirectives();
    if (braces && this.#word() !== '}') throw this.#syntaxError('}');
  }

  #readKeys(): 'end of file' | undefined {
    let another = false;
    for (;;) {
      let key = this.#fillIn(this.#word());
      if (key === 'import' && this.#atNewLine()) {
        this.#import();
        continue;
      }
      if (key === '{') {
        if (another) throw this.#error(`Expected another address but had '${key}' - check for extra comma`);
        return undefined;
      }
      if (key !== '') {
        another = key.endsWith(',');
        if (another) key = key.slice(0, -1);
        this.#block.keys.push(key);
      }
      const more = this.#next();
      if (another && !more) throw this.#error('Unexpected EOF');
      if (!more) return 'end of file';
      if (!another && this.#atNewLine()) return undefined;
    }
  }

  #readSnippet(name: string): void {
    if (this.#snippets.has(name)) {
      throw this.#error(`redeclaration of previously declared snippet ${name}`);
    }
    if (this.#word() !== '{') throw this.#syntaxError('{');
    const tokens: Token[] = [];
    let depth = 1;
    while (this.#next()) {
      if (this.#word() === '}') {
        depth -= 1;
        if (depth === 0) break;
      }
      if (this.#word() === '{') depth += 1;
      const token = this.#tokens[this.#at];
      if (token !== undefined) tokens.push(token);
    }
    if (depth !== 0) throw this.#syntaxError('}');
    if (this.#options.stopsCycles && this.#importsItself(name, tokens)) {
      throw this.#error(`maximum snippet import depth (${MAX_SNIPPETS}) exceeded`);
    }
    this.#snippets.set(name, tokens);
  }

  #importsItself(name: string, tokens: readonly Token[]): boolean {
    return tokens.some((token, at) => {
      const before = tokens[at - 1];
      const begins = before === undefined || before.file !== token.file || before.line !== token.line;
      const target = tokens[at + 1];
      return token.text === 'import' && begins && target !== undefined && this.#fillIn(target.text) === name;
    });
  }

  #readDirectives(): void {
    while (this.#next()) {
      if (this.#word() === '}') return;
      if (this.#word() === 'import') {
        this.#import();
        this.#at -= 1;
      } else this.#readDirective();
    }
  }

  #readDirective(): void {
    const name = this.#fillIn(this.#word());
    if (!this.#options.knows(name)) throw this.#error(`Unknown directive '${name}'`);
    const tokens: Token[] = [];
    this.#keep(tokens);
    let depth = 0;
    while (this.#next()) {
      const { text } = this.#tokens[this.#at] ?? { text: '' };
      if (text === '{') depth += 1;
      else if (depth === 0 && this.#atNewLine()) {
        this.#at -= 1;
        break;
      } else if (text === '}' && depth > 0) depth -= 1;
      else if (text === '}') throw this.#error("Unexpected '}' because no matching opening brace");
      else if (text === 'import' && this.#atNewLine()) {
        this.#import();
        this.#at -= 1;
        continue;
      }
      this.#keep(tokens);
    }
    this.#block.directives.push({ name, tokens });
    if (depth > 0) throw this.#error('Unexpected EOF');
  }

  #keep(tokens: Token[]): void {
    const token = this.#tokens[this.#at];
    if (token !== undefined) tokens.push({ ...token, text: this.#fillIn(token.text) });
  }

  /** Puts the imported words in the place of `import NAME`; the cursor is then on the first of them. */
  #import(): void {
    if (!this.#nextArg()) throw this.#argumentError();
    const pattern = this.#fillIn(this.#word());
    if (pattern === '') throw this.#error('Import requires a non-empty filepath');
    if (this.#nextArg()) throw this.#error('Import takes only one argument (glob pattern or file)');
    const words = this.#importedWords(pattern);
    const from = this.#at - 1;
    if (this.#tokens.length + words.length > MAX_WORDS) {
      throw this.#error('imports make this Corefile longer than CoreDNS could ever read');
    }
    this.#tokens.splice(from, 2, ...words);
    this.#at = from;
  }

  #importedWords(pattern: string): readonly Token[] {
    const snippet = this.#snippets.get(pattern);
    if (snippet !== undefined) {
      this.#snippetsPut += 1;
      if (this.#snippetsPut > MAX_SNIPPETS) throw this.#cycle('snippet', MAX_SNIPPETS);
      return snippet;
    }
    this.#filesPut += 1;
    if (this.#filesPut > MAX_FILES) throw this.#cycle('file', MAX_SNIPPETS);
    const glob = absolutePath(pattern, this.#place().file);
    if (count(glob, '*') > 1 || count(glob, '?') > 1 || (glob.includes('[') && glob.includes(']'))) {
      throw this.#error(`Glob pattern may only contain one wildcard (*), but has others: ${glob}`);
    }
    const paths = matchingPaths(glob, this.#options.files);
    if (paths.length === 0) {
      if (!hasWildcard(glob)) throw this.#error(`File to import not found: ${pattern}`);
      this.emptyImports.push({ pattern, ...this.#place() });
    }
    return paths.flatMap((path) => splitWords(this.#options.files.get(path) ?? '', path).tokens);
  }

  #cycle(what: string, limit: number): Refusal {
    return this.#options.stopsCycles
      ? this.#error(`maximum ${what} import depth (${limit}) exceeded`)
      : this.#error(`import cycle: this version of CoreDNS never gets out of it (refused since 1.13.0)`);
  }

  #word(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }

  #place(): { readonly file: string; readonly line: number } {
    const { file, line } = this.#tokens[this.#at] ?? { file: this.#path, line: 0 };
    return { file, line };
  }

  #next(): boolean {
    if (this.#at >= this.#tokens.length - 1) return false;
    this.#at += 1;
    return true;
  }

  #nextArg(): boolean {
    const token = this.#tokens[this.#at];
    const after = this.#tokens[this.#at + 1];
    if (token === undefined || after === undefined) return false;
    if (token.file !== after.file || token.line + lineBreaks(token) !== after.line) return false;
    this.#at += 1;
    return true;
  }

  #atNewLine(): boolean {
    const token = this.#tokens[this.#at];
    const before = this.#tokens[this.#at - 1];
    if (this.#at < 1 || before === undefined) return true;
    return token !== undefined && onNewLine(before, token);
  }

  /** `{$NAME}` and `{%NAME%}` with the values of the environment; a variable that is not set is empty. */
  #fillIn(text: string): string {
    return fillInVariables(text, this.#options.env);
  }

  #error(message: string): Refusal {
    return new Refusal(message, this.#place());
  }

  #syntaxError(expected: string): Refusal {
    return this.#error(`Syntax error: Unexpected token '${this.#word()}', expecting '${expected}'`);
  }

  #argumentError(): Refusal {
    if (this.#word() === '{') return this.#error("Unexpected token '{', expecting argument");
    return this.#error(`Wrong argument count or unexpected line ending after '${this.#word()}'`);
  }
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}
