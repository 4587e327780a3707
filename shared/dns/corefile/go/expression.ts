import { BUILT_IN, FUNCTIONS, type Kind, PREDICATES, type Vocabulary } from './expression-names.ts';
import { combine, GO_KINDS, STRENGTH } from './expression-operators.ts';
import { ExpressionFault, splitExpression, type Word } from './expression-words.ts';

/**
 * Whether the expression language of the `view` plugin (expr-lang) compiles a text, as far as it is used for queries:
 * syntax, names, numbers of arguments and operators between kinds that do not go together.
 * Source: coredns plugin/pkg/expression, expr-lang's language definition.
 */
export function expressionError(text: string, own: Vocabulary = {}): string | undefined {
  try {
    new Parser(splitExpression(text), own).parse();
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionFault) return error.message;
    throw error;
  }
}

const DEEPEST = 200;

class Parser {
  readonly #words: readonly Word[];
  #at = 0;
  #depth = 0;
  /** Above 0 inside of a predicate, where `#` and fields of the item are names. */
  #predicates = 0;
  readonly #locals: Set<string>;
  readonly #functions: ReadonlySet<string>;

  constructor(words: readonly Word[], { values, functions }: Vocabulary) {
    this.#words = words;
    this.#locals = new Set(values);
    this.#functions = functions ?? new Set();
  }

  parse(): void {
    if (this.#words.length === 0) throw new ExpressionFault('unexpected token EOF');
    this.#sequence();
    if (this.#word !== undefined) throw this.#unexpected();
  }

  get #word(): Word | undefined {
    return this.#words[this.#at];
  }

  #unexpected(): ExpressionFault {
    const word = this.#word;
    return new ExpressionFault(word === undefined ? 'unexpected token EOF' : `unexpected token ${word.text}`);
  }

  #take(text: string): boolean {
    const word = this.#word;
    if (word?.text !== text || word.kind === 'text') return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  #sequence(): Kind {
    while (this.#take('let')) {
      const name = this.#word;
      if (name?.kind !== 'word') throw this.#unexpected();
      this.#at += 1;
      this.#expect('=');
      this.#binary(0);
      this.#locals.add(name.text);
      this.#expect(';');
    }
    return this.#binary(0);
  }

  #binary(least: number): Kind {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new ExpressionFault('expression nests too deeply');
    let left = this.#unary();
    for (;;) {
      const operator = this.#operator();
      const strength = operator === undefined ? undefined : STRENGTH[operator];
      if (operator === undefined || strength === undefined || strength < least) break;
      this.#at += operator === 'not in' ? 2 : 1;
      left =
        operator === '|' ? this.#pipe() : combine(operator, left, this.#binary(strength + (operator === '**' ? 0 : 1)));
    }
    if (least === 0 && this.#take('?')) {
      const whenTrue = this.#take(':') ? left : this.#thenElse();
      left = whenTrue;
    }
    this.#depth -= 1;
    return left;
  }

  #thenElse(): Kind {
    const whenTrue = this.#binary(0);
    this.#expect(':');
    const whenFalse = this.#binary(0);
    return whenTrue === whenFalse ? whenTrue : 'any';
  }

  #operator(): string | undefined {
    const word = this.#word;
    if (word === undefined || word.kind === 'text' || word.kind === 'number') return undefined;
    if (word.text === 'not' && this.#words[this.#at + 1]?.text === 'in') return 'not in';
    return Object.hasOwn(STRENGTH, word.text) ? word.text : undefined;
  }

  #pipe(): Kind {
    const name = this.#word;
    if (name?.kind !== 'word' || !BUILT_IN.has(name.text)) throw this.#unexpected();
    return this.#unary();
  }

  #unary(): Kind {
    if (this.#take('!') || this.#take('not')) {
      const kind = this.#binary(50);
      if (kind === 'text' || kind === 'number')
        throw new ExpressionFault(`invalid operation: ! (mismatched type ${GO_KINDS[kind]})`);
      return 'truth';
    }
    if (this.#take('-') || this.#take('+')) {
      const kind = this.#binary(90);
      if (kind === 'text' || kind === 'truth')
        throw new ExpressionFault(`invalid operation: - (mismatched type ${GO_KINDS[kind]})`);
      return kind;
    }
    return this.#postfix(this.#primary());
  }

  #primary(): Kind {
    const word = this.#word;
    if (word === undefined) throw this.#unexpected();
    this.#at += 1;
    if (word.kind === 'text') return 'text';
    if (word.kind === 'number') return 'number';
    if (word.kind === 'word') return this.#named(word.text);
    if (word.text === '(') {
      const kind = this.#sequence();
      this.#expect(')');
      return kind;
    }
    if (word.text === '[') return this.#list(']');
    if (word.text === '{') return this.#predicates > 0 ? this.#list('}') : this.#pairs();
    if ((word.text === '#' || word.text === '.') && this.#predicates > 0) {
      if (this.#word?.kind === 'word') this.#at += 1;
      return 'any';
    }
    this.#at -= 1;
    throw this.#unexpected();
  }

  #named(name: string): Kind {
    if (name === 'true' || name === 'false') return 'truth';
    if (name === 'nil' || this.#locals.has(name)) return 'any';
    const calls = this.#word?.text === '(';
    const added = this.#functions.has(name) ? (['any'] as const) : undefined;
    const own =
      added === undefined ? (Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined) : ([added, 'text'] as const);
    if (own !== undefined) {
      if (!calls) return 'any';
      this.#at += 1;
      const args = this.#args();
      const [wanted, result] = own;
      if (args.length !== wanted.length) {
        throw new ExpressionFault(
          `${args.length > wanted.length ? 'too many' : 'not enough'} arguments to call ${name}`,
        );
      }
      const wrong = args.findIndex((kind, at) => kind !== 'any' && wanted[at] !== 'any' && kind !== wanted[at]);
      if (wrong >= 0) {
        throw new ExpressionFault(
          `cannot use ${GO_KINDS[args[wrong] ?? 'any']} as argument (type string) to call ${name}`,
        );
      }
      return result;
    }
    if (!BUILT_IN.has(name) || !calls) throw new ExpressionFault(`unknown name ${name}`);
    this.#at += 1;
    this.#predicates += PREDICATES.has(name) ? 1 : 0;
    this.#args();
    this.#predicates -= PREDICATES.has(name) ? 1 : 0;
    return ['all', 'any', 'one', 'none', 'hasPrefix', 'hasSuffix'].includes(name) ? 'truth' : 'any';
  }

  #args(): Kind[] {
    const kinds: Kind[] = [];
    while (!this.#take(')')) {
      if (kinds.length > 0) this.#expect(',');
      kinds.push(this.#binary(0));
    }
    return kinds;
  }

  #list(close: string): Kind {
    for (let first = true; !this.#take(close); first = false) {
      if (!first) {
        this.#expect(',');
        if (this.#take(close)) break;
      }
      this.#binary(0);
    }
    return 'any';
  }

  #pairs(): Kind {
    for (let first = true; !this.#take('}'); first = false) {
      if (!first) this.#expect(',');
      const key = this.#word;
      if (key === undefined) throw this.#unexpected();
      this.#at += 1;
      this.#expect(':');
      this.#binary(0);
    }
    return 'any';
  }

  #postfix(kind: Kind): Kind {
    let result = kind;
    for (;;) {
      if (this.#take('.') || this.#take('?.')) {
        if (this.#word?.kind !== 'word') throw this.#unexpected();
        if (result !== 'any') throw new ExpressionFault(`type ${GO_KINDS[result]} has no field ${this.#word.text}`);
        this.#at += 1;
        if (this.#take('(')) this.#args();
      } else if (this.#take('[')) {
        if (!this.#take(':')) this.#binary(0);
        else if (this.#word?.text !== ']') this.#binary(0);
        if (this.#take(':') && this.#word?.text !== ']') this.#binary(0);
        this.#expect(']');
        result = result === 'text' ? 'text' : 'any';
      } else return result;
    }
  }
}
