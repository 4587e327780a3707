import { readMatch } from './nft-match.ts';
import type { Token } from './nft-tokens.ts';
import { bracedEntries, type Draft, endOfArguments, PLAIN_VERDICTS } from './nft-words.ts';
import type { Rule } from './rule-set.ts';

/** Statements that change or note something and let the packet go on. */
const GOES_ON = /^(log|limit|notrack|flow|add|update|delete|set|dup|quota|synproxy)$/;

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
