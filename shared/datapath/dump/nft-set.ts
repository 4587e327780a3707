import type { Token } from './nft-tokens.ts';
import type { MapEntry, Verdict } from './rule-set.ts';

/**
 * The elements between the braces of a set or map: `10.96.0.1 . tcp . 443 : goto service-…`,
 * `10.96.0.9 . tcp . 80 comment "shop/web" : drop`, `192.168.0.0/16`, `10.0.0.1 timeout 3h`.
 */
export function readEntries(words: readonly Token[]): readonly MapEntry[] {
  const entries: MapEntry[] = [];
  let from = 0;
  for (let at = 0; at <= words.length; at++) {
    const word = words[at];
    if (at < words.length && (word?.quoted === true || word?.text !== ',')) continue;
    if (at > from) entries.push(readEntry(words.slice(from, at)));
    from = at + 1;
  }
  return entries;
}

function readEntry(words: readonly Token[]): MapEntry {
  const colon = words.findIndex((word) => !word.quoted && word.text === ':');
  const left = colon < 0 ? words : words.slice(0, colon);
  const right = colon < 0 ? [] : words.slice(colon + 1);
  const stop = left.findIndex((word) => !word.quoted && ATTRIBUTES.has(word.text));
  const key = (stop < 0 ? left : left.slice(0, stop)).filter((word) => word.quoted || word.text !== '.');
  const comment = commentIn(left) ?? commentIn(right) ?? '';
  return { key: key.map((word) => word.text), verdict: colon < 0 ? undefined : verdictOf(right), comment };
}

const ATTRIBUTES = new Set(['comment', 'timeout', 'expires', 'counter', 'limit', 'quota']);

function commentIn(words: readonly Token[]): string | undefined {
  const at = words.findIndex((word) => !word.quoted && word.text === 'comment');
  return at < 0 ? undefined : words[at + 1]?.text;
}

function verdictOf(words: readonly Token[]): Verdict | undefined {
  const [first, second] = words;
  switch (first?.text) {
    case 'jump':
    case 'goto':
      return { kind: first.text, chain: second?.text ?? '' };
    case 'accept':
    case 'drop':
    case 'return':
      return { kind: first.text };
    default:
      return undefined;
  }
}
