/**
 * Whether Go's text/template parses a text, as far as a Corefile's `template` plugin can go wrong with it: actions that do
 * not end, words that are no functions, blocks without `end`. Source: Go's text/template/parse.
 */
export function templateError(text: string, functions: readonly string[]): string | undefined {
  try {
    new Parser(text, new Set([...BUILT_IN, ...functions])).parse();
    return undefined;
  } catch (error) {
    if (error instanceof TemplateFault) return error.message;
    throw error;
  }
}

class TemplateFault extends Error {}

const BUILT_IN = 'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne'.split(' ');

/** Words of an action, longest first: text, character, number, variable, field, word, sign. */
const WORDS =
  /\s*(?:("(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+')|([+-]?(?:0[xXoObB])?\d[\w.+-]*)|(\$\w*)|(\.[A-Za-z_]\w*)|([A-Za-z_]\w*)|(:=|[=|(),.]))/y;

interface Word {
  readonly kind: 'text' | 'number' | 'variable' | 'field' | 'word' | 'sign';
  readonly text: string;
  /** Whether blanks stand before it. */
  readonly apart: boolean;
}

class Parser {
  readonly #text: string;
  readonly #functions: ReadonlySet<string>;
  #variables: string[] = ['$'];
  #words: Word[] = [];

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#text = text;
    this.#functions = functions;
  }

  parse(): void {
    const open: { readonly kind: string; readonly variables: number; sawElse: boolean }[] = [];
    let at = 0;
    for (let start = this.#text.indexOf('{{'); start >= 0; start = this.#text.indexOf('{{', at)) {
      const begin = /^- /.test(this.#text.slice(start + 2)) ? start + 4 : start + 2;
      if (/^\s*\/\*/.test(this.#text.slice(begin))) {
        at = this.#comment(begin);
        continue;
      }
      at = this.#splitAction(begin);
      const [first] = this.#words;
      if (first === undefined) throw new TemplateFault('missing value for command');
      if (first.kind === 'word') {
        if (first.text === 'end') {
          const block = open.pop();
          if (block === undefined) throw new TemplateFault('unexpected {{end}}');
          this.#expectEnd(1, 'end');
          this.#variables.length = block.variables;
          continue;
        }
        if (first.text === 'else') {
          const block = open.at(-1);
          if (block === undefined || block.sawElse || !['if', 'range', 'with'].includes(block.kind)) {
            throw new TemplateFault('unexpected {{else}}');
          }
          this.#words.shift();
          const chained = this.#words[0]?.text;
          if (chained === 'if' || chained === 'with') {
            this.#words.shift();
            this.#pipeline();
          } else {
            block.sawElse = true;
            this.#expectEnd(0, 'else');
          }
          continue;
        }
        if (['if', 'range', 'with', 'block', 'define'].includes(first.text)) {
          open.push({ kind: first.text, variables: this.#variables.length, sawElse: false });
          this.#words.shift();
          if (first.text === 'block' || first.text === 'define') this.#expectName(first.text);
          if (first.text !== 'define') this.#pipeline();
          continue;
        }
        if (first.text === 'break' || first.text === 'continue') {
          if (!open.some((block) => block.kind === 'range'))
            throw new TemplateFault(`{{${first.text}}} outside {{range}}`);
          this.#expectEnd(1, first.text);
          continue;
        }
        if (first.text === 'template') {
          this.#words.shift();
          this.#expectName('template');
          if (this.#words.length > 0) this.#pipeline();
          continue;
        }
      }
      this.#pipeline();
    }
    if (open.length > 0) throw new TemplateFault('unexpected EOF');
  }

  #comment(begin: number): number {
    const end = this.#text.indexOf('*/', begin);
    const close = end < 0 ? null : /^(?: -)?\}\}/.exec(this.#text.slice(end + 2));
    if (end < 0) throw new TemplateFault('unclosed comment');
    if (close === null) throw new TemplateFault('comment ends before closing delimiter');
    return end + 2 + close[0].length;
  }

  /** Splits an action into words; gives the place behind its `}}`. */
  #splitAction(begin: number): number {
    this.#words = [];
    for (let at = begin; ; ) {
      const close = /^\s*(?: -)?\}\}/.exec(this.#text.slice(at));
      if (close !== null) return at + close[0].length;
      if (this.#text.slice(at).trim() === '') throw new TemplateFault('unclosed action');
      WORDS.lastIndex = at;
      const match = WORDS.exec(this.#text);
      if (match === null)
        throw new TemplateFault(`unexpected ${JSON.stringify(this.#text.slice(at).trim()[0])} in command`);
      const [whole, text, number, variable, field, word, sign] = match;
      const value = text ?? number ?? variable ?? field ?? word ?? sign ?? '';
      const kind = kindOf(text, number, variable, field, word);
      this.#words.push({ kind, text: value, apart: whole.length > value.length });
      at = WORDS.lastIndex;
    }
  }

  #expectEnd(used: number, where: string): void {
    if (this.#words.length > used) throw new TemplateFault(`unexpected <${this.#words[used]?.text}> in ${where}`);
  }

  #expectName(where: string): void {
    const name = this.#words.shift();
    if (name?.kind !== 'text') throw new TemplateFault(`unexpected ${name?.text ?? '"}}"'} in ${where} clause`);
  }

  #pipeline(closing = false): void {
    this.#declarations();
    for (;;) {
      if (!this.#command(closing)) throw new TemplateFault('missing value for command');
      if (this.#words[0]?.text !== '|') break;
      this.#words.shift();
    }
    if (closing) {
      if (this.#words.shift()?.text !== ')') throw new TemplateFault('unclosed left paren');
    } else if (this.#words.length > 0)
      throw new TemplateFault(`unexpected ${JSON.stringify(this.#words[0]?.text)} in command`);
  }

  #declarations(): void {
    const names: string[] = [];
    let at = 0;
    while (this.#words[at]?.kind === 'variable') {
      names.push(this.#words[at]?.text ?? '');
      const sign = this.#words[at + 1]?.text;
      if (sign === ':=' || sign === '=') {
        this.#words.splice(0, at + 2);
        if (sign === ':=') this.#variables.push(...names);
        return;
      }
      if (sign !== ',') return;
      at += 2;
    }
  }

  /** One command of a pipeline; false when there is none. */
  #command(closing: boolean): boolean {
    let operands = 0;
    for (let word = this.#words[0]; word !== undefined && word.text !== '|'; word = this.#words[0]) {
      if (closing && word.text === ')') break;
      this.#operand(word);
      operands += 1;
      while (this.#words[0]?.kind === 'field' && !this.#words[0].apart) this.#words.shift();
    }
    return operands > 0;
  }

  #operand(word: Word): void {
    this.#words.shift();
    if (word.kind === 'word') {
      if (!['true', 'false', 'nil'].includes(word.text) && !this.#functions.has(word.text)) {
        throw new TemplateFault(`function ${JSON.stringify(word.text)} not defined`);
      }
    } else if (word.kind === 'variable') {
      if (!this.#variables.includes(word.text))
        throw new TemplateFault(`undefined variable ${JSON.stringify(word.text)}`);
    } else if (word.kind === 'number') {
      if (
        !/^[+-]?(0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]*|\d[\d_]*(\.[\d_]*)?([eE][+-]?\d+)?)i?$/.test(word.text)
      ) {
        throw new TemplateFault(`bad number syntax: ${JSON.stringify(word.text)}`);
      }
    } else if (word.kind === 'sign') {
      if (word.text === '(') this.#pipeline(true);
      else if (word.text !== '.') throw new TemplateFault(`unexpected ${JSON.stringify(word.text)} in operand`);
    }
  }
}

function kindOf(text?: string, number?: string, variable?: string, field?: string, word?: string): Word['kind'] {
  if (text !== undefined) return 'text';
  if (number !== undefined) return 'number';
  if (variable !== undefined) return 'variable';
  if (field !== undefined) return 'field';
  return word === undefined ? 'sign' : 'word';
}
