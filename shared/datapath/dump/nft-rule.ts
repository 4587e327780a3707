import { readEntries } from './nft-set.ts';
import type { Token } from './nft-tokens.ts';
import type { Condition, Field, MapEntry, Rule, Verdict } from './rule-set.ts';

/** Matches with a meaning of their own: the words and the field they look at. */
const MATCHES: Readonly<Record<string, Field>> = {
  'ip saddr': 'source',
  'ip6 saddr': 'source',
  'ip daddr': 'destination',
  'ip6 daddr': 'destination',
  'ip protocol': 'protocol',
  'ip6 nexthdr': 'protocol',
  'meta l4proto': 'protocol',
  'th dport': 'dport',
  'th sport': 'sport',
  'tcp dport': 'dport',
  'tcp sport': 'sport',
  'udp dport': 'dport',
  'udp sport': 'sport',
  'sctp dport': 'dport',
  'sctp sport': 'sport',
  'ct state': 'state',
  'ct status': 'state',
  'meta iifname': 'in',
  'meta oifname': 'out',
  'meta iif': 'in',
  'meta oif': 'out',
};

const SHORT_MATCHES: Readonly<Record<string, Field>> = {
  iifname: 'in',
  oifname: 'out',
  iif: 'in',
  oif: 'out',
  l4proto: 'protocol',
};

/** Words that end a rule's conditions, with how many further words each takes along. */
const PLAIN_VERDICTS: Readonly<Record<string, Verdict>> = {
  accept: { kind: 'accept' },
  drop: { kind: 'drop' },
  return: { kind: 'return' },
  continue: { kind: 'continue', what: '' },
  reject: { kind: 'reject' },
  queue: { kind: 'queue' },
  tproxy: { kind: 'queue' },
  masquerade: { kind: 'masquerade' },
  snat: { kind: 'masquerade' },
};

/** Statements that change or note something and let the packet go on. */
const GOES_ON = /^(log|limit|notrack|flow|add|update|delete|set|dup|quota|synproxy)$/;

interface Draft {
  conditions: Condition[];
  verdict: Verdict;
  comment: string;
  packets: number | undefined;
}

/** Reads one rule of a chain. What it does not know becomes a condition that nobody can answer. */
export function readNftRule(words: readonly Token[]): Rule {
  const draft: Draft = { conditions: [], verdict: { kind: 'continue', what: '' }, comment: '', packets: undefined };
  let at = 0;
  while (at < words.length) at = step(words, at, draft);
  return { line: words[0]?.line ?? 0, ...draft };
}

function step(words: readonly Token[], at: number, draft: Draft): number {
  const text = words[at]?.text ?? '';
  const next = words[at + 1]?.text ?? '';
  if (text === 'counter') {
    if (next !== 'packets') return at + 1;
    draft.packets = Number(words[at + 2]?.text);
    return at + 5;
  }
  if (text === 'comment') {
    draft.comment = next;
    return at + 2;
  }
  if (text === 'jump' || text === 'goto') {
    draft.verdict = { kind: text, chain: next };
    return at + 2;
  }
  if (text === 'dnat' || text === 'redirect') return readDnat(words, at, draft);
  if (text === 'xt') return readCompat(words, at, draft);
  if (text === 'vmap') return readVmap(words, at + 1, draft);
  const verdict = PLAIN_VERDICTS[text];
  if (verdict !== undefined && words[at]?.quoted !== true) {
    draft.verdict = verdict;
    return endOfArguments(words, at + 1);
  }
  if (GOES_ON.test(text)) {
    if (text === 'limit') draft.conditions.push({ field: 'other', negated: false, values: ['limit'] });
    draft.verdict = { kind: 'continue', what: text };
    return endOfArguments(words, at + 1);
  }
  return readMatch(words, at, draft);
}

/** `dnat to 10.0.0.1:53`, `dnat ip to …`, `dnat ip to numgen random mod 2 map { 0 : 10.0.0.1 . 80, … }`. */
function readDnat(words: readonly Token[], at: number, draft: Draft): number {
  const to = words.findIndex((word, place) => place > at && word.text === 'to');
  const target = to < 0 ? '' : (words[to + 1]?.text ?? '');
  draft.verdict = { kind: 'dnat', to: /^[\d[]|^[0-9a-f]*:/.test(target) ? target : '' };
  return endOfArguments(words, at + 1);
}

/** `xt match "comment"` hides what it matches; comments match everything. */
function readCompat(words: readonly Token[], at: number, draft: Draft): number {
  const what = words[at + 1]?.text ?? '';
  const name = words[at + 2]?.text ?? '';
  if (what === 'target') {
    draft.verdict =
      name === 'DNAT' || name === 'REDIRECT'
        ? { kind: 'dnat', to: '' }
        : name === 'MASQUERADE' || name === 'SNAT'
          ? { kind: 'masquerade' }
          : name === 'REJECT'
            ? { kind: 'reject' }
            : name === '?'
              ? { kind: 'queue' }
              : { kind: 'continue', what: name };
  } else if (name !== 'comment') {
    draft.conditions.push({ field: 'other', negated: false, values: [`match ${name}`] });
  }
  return at + 3;
}

function readVmap(words: readonly Token[], at: number, draft: Draft): number {
  const first = words[at]?.text ?? '';
  if (first.startsWith('@')) {
    draft.verdict = { kind: 'vmap', map: first.slice(1), entries: [] };
    return at + 1;
  }
  const { entries, end } = bracedEntries(words, at);
  draft.verdict = { kind: 'vmap', map: undefined, entries, ...lotsBefore(words, at - 1) };
  return end;
}

/** `numgen random mod 2 vmap { … }`: how many lots there are. */
function lotsBefore(words: readonly Token[], at: number): { readonly lots?: number } {
  const [kind, how, mod, number] = words.slice(Math.max(0, at - 4), at).map(({ text }) => text);
  return kind === 'numgen' && how === 'random' && mod === 'mod' ? { lots: Number(number) } : {};
}

function bracedEntries(words: readonly Token[], at: number): { entries: readonly MapEntry[]; end: number } {
  if (words[at]?.text !== '{') return { entries: [], end: at + 1 };
  let end = at + 1;
  let depth = 1;
  while (end < words.length && depth > 0) {
    const text = words[end]?.text;
    if (text === '{') depth++;
    if (text === '}') depth--;
    end++;
  }
  return { entries: readEntries(words.slice(at + 1, end - 1)), end };
}

/** A match: what is looked at, perhaps `!=`, and a value, a set in braces or a named set. */
function readMatch(words: readonly Token[], at: number, draft: Draft): number {
  const one = words[at]?.text ?? '';
  const two = `${one} ${words[at + 1]?.text ?? ''}`;
  const field = MATCHES[two] ?? SHORT_MATCHES[one];
  if (field === undefined) return readUnknown(words, at, draft);
  const protocol = /^(tcp|udp|sctp) /.exec(two)?.[1];
  if (protocol !== undefined) draft.conditions.push({ field: 'protocol', negated: false, values: [protocol] });
  let place = at + (MATCHES[two] === undefined ? 1 : 2);
  // A concatenation (`ip daddr . meta l4proto . th dport vmap @m`) is answered by its map, not here.
  if (words[place]?.text === '.') return concatenation(words, place, draft);
  if (words[place]?.text === 'vmap') return place;
  let negated = false;
  if (words[place]?.text === '!=' || words[place]?.text === '==') {
    negated = words[place]?.text === '!=';
    place++;
  }
  const { values, end } = readValues(words, place);
  const exact = values.length > 0 && words[place]?.text !== '&' && !values.some((value) => value === '&');
  draft.conditions.push(
    exact
      ? { field, negated, values: values.map((value) => plainValue(field, value)) }
      : { field: 'other', negated, values: [two] },
  );
  return end;
}

/** nft writes wildcards of interfaces with a star, iptables with a plus; ranges of ports with a dash and a colon. */
function plainValue(field: Field, value: string): string {
  if (field === 'in' || field === 'out') return value.replace(/\*$/, '+');
  return field === 'sport' || field === 'dport' ? value.replace('-', ':') : value;
}

function readValues(words: readonly Token[], at: number): { values: string[]; end: number } {
  if (words[at]?.text === '{') {
    const { entries, end } = bracedEntries(words, at);
    return { values: entries.map(({ key }) => key.join(' . ')), end };
  }
  const values: string[] = [];
  let end = at;
  while (end < words.length) {
    const text = words[end]?.text ?? '';
    values.push(...text.split(',').filter((part) => part !== ''));
    end++;
    if (words[end]?.text !== ',') break;
    end++;
  }
  return { values, end };
}

function concatenation(words: readonly Token[], at: number, draft: Draft): number {
  let end = at;
  while (
    end < words.length &&
    words[end]?.text !== 'vmap' &&
    !(words[end]?.text ?? '').startsWith('@') &&
    words[end]?.text !== '{'
  )
    end++;
  if (words[end]?.text === 'vmap') return end;
  const named = words[end]?.text ?? '';
  const negated = words[end - 1]?.text === '!=';
  if (named.startsWith('@')) {
    draft.conditions.push({ field: 'other', negated, values: [named] });
    return end + 1;
  }
  draft.conditions.push({ field: 'other', negated, values: ['a set of combinations'] });
  return named === '{' ? bracedEntries(words, end).end : words.length;
}

/**
 * An expression of another kind: `meta mark & 0x1 == 0x1`, `meta mark set …`, `fib daddr type local`,
 * `numgen random mod 2 vmap …`, `#`. It is passed over up to the next word that has a meaning.
 */
function readUnknown(words: readonly Token[], at: number, draft: Draft): number {
  let end = at;
  let changes = false;
  let compares = false;
  // `fib saddr . iif oif` names interfaces without asking for one.
  const isFib = words[at]?.text === 'fib';
  while (end < words.length) {
    const text = words[end]?.text ?? '';
    if (end > at && startsSomething(words, end) && !((changes || isFib) && isValue(words, end))) break;
    if (text === 'set') changes = true;
    if (text === '==' || text === '!=') compares = true;
    if (text === '{') end = bracedEntries(words, end).end;
    else end++;
  }
  if (end === at) end = at + 1;
  const text = words
    .slice(at, end)
    .map((word) => word.text)
    .join(' ');
  if (changes && !compares) draft.verdict = { kind: 'continue', what: text };
  // A number that a map turns into a chain picks among them; compared with another it takes a share of the packets.
  else if (words[end]?.text !== 'vmap')
    draft.conditions.push({ field: /^(meta )?mark\b/.test(text) ? 'mark' : 'other', negated: false, values: [text] });
  return end;
}

function isValue(words: readonly Token[], at: number): boolean {
  const text = words[at]?.text ?? '';
  return !(text === 'counter' || text === 'comment' || text in PLAIN_VERDICTS || text === 'jump' || text === 'goto');
}

/** Whether a word begins another part of the rule. */
function startsSomething(words: readonly Token[], at: number): boolean {
  const word = words[at];
  if (word === undefined || word.quoted) return false;
  const text = word.text;
  return (
    text === 'counter' ||
    text === 'comment' ||
    text === 'jump' ||
    text === 'goto' ||
    text === 'vmap' ||
    text === 'dnat' ||
    text === 'redirect' ||
    text === 'xt' ||
    text === 'log' ||
    text === 'meta' ||
    text === 'ct' ||
    text === 'fib' ||
    text === '#' ||
    text in PLAIN_VERDICTS ||
    text in SHORT_MATCHES ||
    `${text} ${words[at + 1]?.text ?? ''}` in MATCHES
  );
}

/** Where the words that belong to a verdict end: `reject with icmp type …`, `log prefix "x"`. */
function endOfArguments(words: readonly Token[], from: number): number {
  let at = from;
  while (at < words.length) {
    const word = words[at];
    if (word?.text === '{') {
      at = bracedEntries(words, at).end;
      continue;
    }
    if (
      word?.quoted !== true &&
      (word?.text === 'comment' ||
        word?.text === 'counter' ||
        word?.text === 'jump' ||
        word?.text === 'goto' ||
        (word?.text ?? '') in PLAIN_VERDICTS)
    ) {
      break;
    }
    at++;
  }
  return at;
}
