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

/** What is known of a value; `any` where nothing is. */
export type Kind = 'text' | 'number' | 'truth' | 'any';

/** What CoreDNS offers: kinds of the arguments, and of the result. */
export const FUNCTIONS: Readonly<Record<string, readonly [readonly Kind[], Kind]>> = {
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
export const BUILT_IN = new Set(
  'all any one none map filter find findIndex findLast findLastIndex count sum groupBy sortBy reduce len abs ceil floor round int float string trim trimPrefix trimSuffix upper lower split splitAfter replace repeat join indexOf lastIndexOf hasPrefix hasSuffix max min mean median toJSON fromJSON toBase64 fromBase64 now duration date timezone first last get take keys values toPairs fromPairs reverse uniq concat flatten sort bitand bitor bitxor bitnand bitnot bitshl bitshr bitushr let'.split(
    ' ',
  ),
);
/** Those that take a predicate, in which `#` and `.` stand for the element. */
export const PREDICATES = new Set(
  'all any one none map filter find findIndex findLast findLastIndex count sum groupBy sortBy reduce'.split(' '),
);
