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

class ExpressionFault extends Error {}

/** Names a plugin adds to the language. */
export interface Vocabulary {
  /** Names of values; nothing is known of what they hold. */
  readonly values?: ReadonlySet<string>;
  /** Functions of one argument of any kind that give a text. */
  readonly functions?: ReadonlySet<string>;
}

/** Whether a plugin may give a value of its own this name. */
export function isFreeName(name: string, own: Vocabulary): boolean {
  const taken = Object.hasOwn(FUNCTIONS, name) || BUILT_IN.has(name) || WORDS.has(name);
  return !taken && own.values?.has(name) !== true && own.functions?.has(name) !== true;
}

/** Words of the language that are no names. */
const WORDS = new Set('true false nil in not and or matches contains startsWith endsWith if else'.split(' '));

type Kind = 'text' | 'number' | 'truth' | 'any';

/** What CoreDNS offers: kinds of the arguments, and of the result. */
const FUNCTIONS: Readonly<Record<string, readonly [readonly Kind[], Kind]>> = {
  incidr: [['text', 'text'], 'truth'],
  metadata: [['text'], 'text'],
  type: [[], 'text'],
  name: [[], 'text'],
  class: [[], 'text'],
  proto: [[], 'text'],
  size: [[], 'number'],
  client_ip: [[], 'text'],
  port: [[], 'text'],
  id: [[], 'number'],
  opcode: [[], 'number'],
  do: [[], 'truth'],
  bufsize: [[], 'number'],
  server_ip: [[], 'text'],
  server_port: [[], 'text'],
};

/** Functions of the language itself; their arguments are not looked at. */
const BUILT_IN = new Set(
  'all any one none map filter find findIndex findLast findLastIndex count sum groupBy sortBy reduce len abs ceil floor round int float string trim trimPrefix trimSuffix upper lower split splitAfter replace repeat join indexOf lastIndexOf hasPrefix hasSuffix max min mean median toJSON fromJSON toBase64 fromBase64 now duration date timezone first last get take keys values toPairs fromPairs reverse uniq concat flatten sort bitand bitor bitxor bitnand bitnot bitshl bitshr bitushr let'.split(
    ' ',
  ),
);
const PREDICATES = new Set(
  'all any one none map filter find findIndex findLast findLastIndex count sum groupBy sortBy reduce'.split(' '),
);

const STRENGTH: Readonly<Record<string, number>> = {
  '|': 0,
  or: 10,
  '||': 10,
  and: 15,
  '&&': 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '>': 20,
  '<=': 20,
  '>=': 20,
  in: 20,
  'not in': 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  '..': 25,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '%': 60,
  '**': 100,
  '^': 100,
  '??': 500,
};

interface Word {
  readonly kind: 'text' | 'number' | 'word' | 'sign';
  readonly text: string;
}

function splitExpression(text: string): Word[] {
  const words: Word[] = [];
  const pattern =
    /\s*(?:("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_$][\w$]*)|(\?\.|\?\?|\*\*|\.\.|&&|\|\||==|!=|<=|>=|[-+*/%^!<>=?:,.()[\]{}|#;]))/y;
  for (let at = 0; text.slice(at).trim() !== ''; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw new ExpressionFault(`unrecognized character: ${text.slice(at).trim()[0]}`);
    const [, quoted, number, word, sign] = match;
    if (quoted !== undefined) words.push({ kind: 'text', text: quoted });
    else if (number !== undefined) words.push({ kind: 'number', text: number });
    else if (word !== undefined) words.push({ kind: 'word', text: word });
    else words.push({ kind: 'sign', text: sign ?? '' });
  }
  return words;
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

const GO_KINDS: Readonly<Record<Kind, string>> = { text: 'string', number: 'int', truth: 'bool', any: 'unknown' };

function combine(operator: string, left: Kind, right: Kind): Kind {
  const mismatch = () =>
    new ExpressionFault(`invalid operation: ${operator} (mismatched types ${GO_KINDS[left]} and ${GO_KINDS[right]})`);
  const need = (...kinds: Kind[]) => {
    if (![left, right].every((kind) => kind === 'any' || kinds.includes(kind))) throw mismatch();
  };
  const same = () => {
    if (left !== 'any' && right !== 'any' && left !== right) throw mismatch();
  };
  switch (operator) {
    case 'or':
    case '||':
    case 'and':
    case '&&':
      need('truth');
      return 'truth';
    case '==':
    case '!=':
      same();
      return 'truth';
    case '<':
    case '>':
    case '<=':
    case '>=':
      need('text', 'number');
      same();
      return 'truth';
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      need('text');
      return 'truth';
    case 'in':
    case 'not in':
      return 'truth';
    case '+':
      need('text', 'number');
      same();
      return left === 'any' ? right : left;
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
    case '^':
      need('number');
      return 'number';
    default:
      return 'any';
  }
}
