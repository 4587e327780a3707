import type { Token } from './nft-tokens.ts';
import { bracedEntries, type Draft, isValue, MATCHES, SHORT_MATCHES, startsSomething } from './nft-words.ts';
import type { Field } from './rule-set.ts';

/** A match: what is looked at, perhaps `!=`, and a value, a set in braces or a named set. */
export function readMatch(words: readonly Token[], at: number, draft: Draft): number {
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
