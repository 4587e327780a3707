/**
 * Whether Go's regexp package takes an expression, and how many groups it has. JavaScript's engine answers neither: it
 * takes look-ahead and back references, which Go refuses. Source: Go's regexp/syntax (Perl flags).
 */
export type GoRegexp = { readonly groups: number } | { readonly error: string };

/** Reads a regular expression as Go's regexp package does (RE2 syntax): its number of groups, or Go's own words of refusal. */
export function compileGoRegexp(source: string): GoRegexp {
  try {
    return { groups: new Parser(source).parse() };
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    return { error: `error parsing regexp: ${error.message}` };
  }
}

class SyntaxFault extends Error {}

/** Repetitions of Go, also when one stands in another: `(a{100}){100}` is refused. */
const MOST_REPEATS = 1000;
const DEEPEST = 1000;
const POSIX_CLASSES = 'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' ');

class Parser {
  readonly #source: readonly string[];
  #at = 0;
  #groups = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = [...source];
  }

  parse(): number {
    this.#alternatives();
    if (this.#at < this.#source.length) throw new SyntaxFault(`unexpected ): \`${this.#source.join('')}\``);
    return this.#groups;
  }

  /** Reads until `)` or the end; gives the greatest product of nested repetitions. */
  #alternatives(): number {
    let greatest = 1;
    let previous: number | undefined;
    let repeated = '';
    for (;;) {
      const char = this.#source[this.#at];
      if (char === undefined || char === ')') return greatest;
      if (char === '|') {
        this.#at += 1;
        previous = undefined;
        repeated = '';
        continue;
      }
      const start = this.#at;
      const times = this.#repetition();
      if (times !== undefined) {
        const written = this.#source.slice(start, this.#at).join('');
        if (times < 0) throw new SyntaxFault(`invalid repeat count: \`${written}\``);
        if (previous === undefined) throw new SyntaxFault(`missing argument to repetition operator: \`${written}\``);
        if (repeated !== '') throw new SyntaxFault(`invalid nested repetition operator: \`${repeated}${written}\``);
        previous *= Math.max(1, times);
        if (previous > MOST_REPEATS) throw new SyntaxFault(`invalid repeat count: \`${written}\``);
        repeated = written;
        greatest = Math.max(greatest, previous);
        continue;
      }
      const atom = this.#atom(char);
      repeated = '';
      if (atom !== undefined) {
        previous = atom;
        greatest = Math.max(greatest, atom);
      }
    }
  }

  /** `*`, `+`, `?`, `{n,m}` with a lazy `?` behind; how often it repeats, negative when too often. */
  #repetition(): number | undefined {
    const char = this.#source[this.#at];
    let times: number | undefined;
    if (char === '*' || char === '+' || char === '?') {
      this.#at += 1;
      times = 1;
    } else if (char === '{') {
      const match = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 32).join(''));
      if (match === null || /^0\d/.test(match[1] ?? '')) return undefined;
      const least = Number(match[1]);
      const most = match[2] === undefined ? least : match[3] === '' ? -1 : Number(match[3]);
      this.#at += match[0].length;
      times = least > MOST_REPEATS || most > MOST_REPEATS || (most >= 0 && least > most) ? -1 : Math.max(least, most);
    }
    if (times !== undefined && this.#source[this.#at] === '?') this.#at += 1;
    return times;
  }

  /** One thing that can be repeated; undefined for flags, which are none. */
  #atom(char: string): number | undefined {
    if (char === '(') return this.#group();
    if (char === '[') this.#characterClass();
    else if (char === '\\') {
      if (this.#source[this.#at + 1] === 'Q') {
        this.#quoted();
        return 1;
      }
      this.#escape(false);
    } else this.#at += 1;
    return 1;
  }

  #group(): number | undefined {
    const rest = this.#source.slice(this.#at, this.#at + 200).join('');
    if (rest.startsWith('(?')) {
      const name = /^\(\?P?<([^>]*)>/.exec(rest);
      if (name !== null) {
        this.#takeName(name[1] ?? '', name[0]);
        this.#at += [...name[0]].length;
        this.#groups += 1;
        return this.#inside();
      }
      const flags = /^\(\?([imsU]*(?:-[imsU]+)?)([:)])/.exec(rest);
      if (flags === null || rest.startsWith('(?)'))
        throw new SyntaxFault(`invalid or unsupported Perl syntax: \`${rest.slice(0, 3)}\``);
      this.#at += flags[0].length;
      return flags[2] === ':' ? this.#inside() : undefined;
    }
    this.#at += 1;
    this.#groups += 1;
    return this.#inside();
  }

  #inside(): number {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new SyntaxFault('expression nests too deeply');
    const greatest = this.#alternatives();
    if (this.#source[this.#at] !== ')') throw new SyntaxFault(`missing closing ): \`${this.#source.join('')}\``);
    this.#at += 1;
    this.#depth -= 1;
    return greatest;
  }

  #takeName(name: string, written: string): void {
    if (!/^[A-Za-z0-9_]+$/.test(name)) throw new SyntaxFault(`invalid named capture: \`${written}\``);
  }

  #quoted(): void {
    this.#at += 2;
    while (this.#at < this.#source.length) {
      if (this.#source[this.#at] === '\\' && this.#source[this.#at + 1] === 'E') {
        this.#at += 2;
        return;
      }
      this.#at += 1;
    }
  }

  /** Reads an escape; the number of the character it stands for, or undefined when it stands for many. */
  #escape(inClass: boolean): number | undefined {
    const start = this.#at;
    const char = this.#source[start + 1];
    if (char === undefined) throw new SyntaxFault('trailing backslash at end of expression: ``');
    const rest = this.#source.slice(start, start + 40).join('');
    const take = (pattern: RegExp): RegExpExecArray | null => {
      const match = pattern.exec(rest);
      if (match !== null) this.#at += match[0].length;
      return match;
    };
    if (take(/^\\[pP]([A-Z]|\{\^?[A-Za-z_]+\})/) !== null) {
      this.#checkScript(rest);
      return undefined;
    }
    if (take(/^\\[dDsSwW]/) !== null) return undefined;
    if (!inClass && take(/^\\[AbBCz]/) !== null) return undefined;
    const hex = take(/^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/);
    if (hex !== null) {
      const value = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
      if (value > 0x10ffff) throw new SyntaxFault(`invalid escape sequence: \`${hex[0]}\``);
      return value;
    }
    const octal = take(/^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/);
    if (octal !== null) return Number.parseInt(octal[1] ?? '0', 8);
    if (/^[afnrtv]$/.test(char)) {
      this.#at += 2;
      return { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }[char] ?? 0;
    }
    if (/^[\x00-\x7f]$/.test(char) && !/^[0-9A-Za-z]$/.test(char)) {
      this.#at += 2;
      return char.codePointAt(0);
    }
    throw new SyntaxFault(`invalid escape sequence: \`\\${char}\``);
  }

  #checkScript(rest: string): void {
    const name = /^\\[pP]\{?\^?([A-Za-z_]+)/.exec(rest)?.[1] ?? '';
    if (name === 'Any') return;
    const known = ['General_Category', 'Script'].some((property) => {
      try {
        return new RegExp(`\\p{${property}=${name}}`, 'u') instanceof RegExp;
      } catch {
        return false;
      }
    });
    if (!known) throw new SyntaxFault(`invalid character class range: \`${rest.slice(0, 2)}{${name}}\``);
  }

  #characterClass(): void {
    const start = this.#at;
    const missing = () => new SyntaxFault(`missing closing ]: \`${this.#source.slice(start).join('')}\``);
    this.#at += 1;
    if (this.#source[this.#at] === '^') this.#at += 1;
    for (let first = true; first || this.#source[this.#at] !== ']'; first = false) {
      if (this.#source[this.#at] === undefined) throw missing();
      const named = /^\[:(\^?)([a-z]+):\]/.exec(this.#source.slice(this.#at, this.#at + 16).join(''));
      if (named !== null) {
        if (!POSIX_CLASSES.includes(named[2] ?? '')) {
          throw new SyntaxFault(`invalid character class range: \`${named[0]}\``);
        }
        this.#at += named[0].length;
        continue;
      }
      const from = this.#at;
      const low = this.#classCharacter();
      if (low === undefined) continue;
      if (this.#source[this.#at] !== '-' || this.#source[this.#at + 1] === ']') continue;
      if (this.#source[this.#at + 1] === undefined) throw missing();
      this.#at += 1;
      const high = this.#classCharacter();
      if (high === undefined || high < low) {
        throw new SyntaxFault(`invalid character class range: \`${this.#source.slice(from, this.#at).join('')}\``);
      }
    }
    this.#at += 1;
  }

  #classCharacter(): number | undefined {
    const char = this.#source[this.#at];
    if (char === '\\') return this.#escape(true);
    this.#at += 1;
    return char?.codePointAt(0);
  }
}
