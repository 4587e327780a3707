import { readEntries } from './nft-set.ts';
import type { Token } from './nft-tokens.ts';
import type { Condition, Field, MapEntry, Verdict } from './rule-set.ts';

/** A rule while it is read. */
export interface Draft {
  conditions: Condition[];
  verdict: Verdict;
  comment: string;
  packets: number | undefined;
}

/** Matches with a meaning of their own: the words and the field they look at. */
export const MATCHES: Readonly<Record<string, Field>> = {
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

export const SHORT_MATCHES: Readonly<Record<string, Field>> = {
  iifname: 'in',
  oifname: 'out',
  iif: 'in',
  oif: 'out',
  l4proto: 'protocol',
};

/** Words that end a rule's conditions, with how many further words each takes along. */
export const PLAIN_VERDICTS: Readonly<Record<string, Verdict>> = {
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

/** What stands in braces, and where it ends. */
export function bracedEntries(words: readonly Token[], at: number): { entries: readonly MapEntry[]; end: number } {
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

/** Whether a word is a part of an expression. */
export function isValue(words: readonly Token[], at: number): boolean {
  const text = words[at]?.text ?? '';
  return !(text === 'counter' || text === 'comment' || text in PLAIN_VERDICTS || text === 'jump' || text === 'goto');
}

/** Whether a word begins another part of the rule. */
export function startsSomething(words: readonly Token[], at: number): boolean {
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
export function endOfArguments(words: readonly Token[], from: number): number {
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
