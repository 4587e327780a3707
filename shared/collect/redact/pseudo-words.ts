import { createHash } from 'node:crypto';
import { compareText } from '../../util/text.ts';
import { isKeptWord } from './kept-words.ts';

/** Replaces words in a text by their pseudonyms; words that are not known stay. */
export type WordMapper = (text: string) => string;

/**
 * Words that may betray whose cluster it is. Names are taken apart (`payment-web2` is payment, web and 2), so that what
 * names have in common is still in common afterwards: `payment` and `payment-7d9f8c6b5-x2x9k`, `api-v1` and `api-v2`,
 * `Payment` and `payment`.
 */
export interface WordBook {
  /** Notes words of a value. */
  add(text: string | undefined): void;
  /** Notes the name of an object: it is replaced even when it is made of common words only (`node-agent`). */
  addName(text: string | undefined): void;
  /** Notes a name that is public: system components are called alike everywhere. */
  keep(text: string | undefined): void;
  /** The mapping, once everything is noted. */
  mapper(): WordMapper;
  /** All noted words: the secret from which pseudonyms are derived. */
  fingerprint(): string;
}

/** Letters and digits without a break. */
const TOKEN = /[A-Za-z0-9]+/g;

/** The words in a token: `paymentService`, `PAYMENT` and `web12` have payment, Service, PAYMENT and web. */
const WORD = /[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z])/g;

/** Digests and ids: letters in them are no words. */
const HEX = /^(?=.*\d)[0-9a-f]{6,}$/;

/** The endings that controllers generate use only these letters (k8s.io/apimachinery/pkg/util/rand). */
const GENERATED = /^[bcdfghjklmnpqrstvwxz2456789]{4,10}$/;

/** Names of two letters (`db`), but for the ends of domains. */
const SHORT_NAME = /^(?!(?:io|co|eu|us|uk|de|ip|id|os)$)[a-z]{2}$/;

/** Several common words that make a name (`node-agent`, `config-map`). */
const PHRASE = /^[a-z]+(?:-[a-z]+)+$/;

/** Collects words; the same words give the same pseudonyms. */
export function createWordBook(): WordBook {
  const noted = new Set<string>();
  const kept = new Set<string>();
  const phrases = new Set<string>();
  const each = (text: string | undefined, use: (word: string) => void): void => {
    for (const token of text?.match(TOKEN) ?? []) {
      if (HEX.test(token) || GENERATED.test(token)) continue;
      for (const word of token.match(WORD) ?? []) if (isTelling(word)) use(word.toLowerCase());
    }
  };
  const words = (): string[] => [...noted].filter((word) => !kept.has(word)).sort(compareText);
  return {
    add: (text) => each(text, (word) => noted.add(word)),
    addName: (text = '') => {
      let telling = false;
      each(text, (word) => {
        noted.add(word);
        telling = true;
      });
      if (telling) return;
      if (SHORT_NAME.test(text)) noted.add(text);
      else if (PHRASE.test(text)) phrases.add(text);
    },
    keep: (text) => each(text, (word) => kept.add(word)),
    mapper: () => {
      const names = [...phrases].sort(compareText);
      return withPhrases(pseudonyms([...words(), ...names]), names);
    },
    fingerprint: () => [...words(), ...phrases].sort(compareText).join('\n'),
  };
}

function isTelling(word: string): boolean {
  return word.length >= 3 && !isKeptWord(word.toLowerCase());
}

/** Replaces names of common words as a whole, then single words. */
function withPhrases(map: ReadonlyMap<string, string>, phrases: readonly string[]): WordMapper {
  const words = mapperOf(map);
  if (phrases.length === 0) return words;
  const longestFirst = [...phrases].sort((a, b) => b.length - a.length || compareText(a, b));
  const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${longestFirst.join('|')})(?![A-Za-z0-9])`, 'g');
  return (text) => words(text.replace(pattern, (phrase) => map.get(phrase) ?? phrase));
}

function mapperOf(map: ReadonlyMap<string, string>): WordMapper {
  const word = (original: string): string => {
    const mapped = map.get(original.toLowerCase());
    return mapped === undefined ? original : inCaseOf(original, mapped);
  };
  return (text) => text.replace(TOKEN, (token) => (HEX.test(token) ? token : token.replace(WORD, word)));
}

/** A selector that differs in capitals only still does. */
function inCaseOf(original: string, mapped: string): string {
  if (original === original.toLowerCase()) return mapped;
  if (original === original.toUpperCase()) return mapped.toUpperCase();
  return mapped.charAt(0).toUpperCase() + mapped.slice(1);
}

/** Comparing every pair takes too long above this many words; typing errors are then no longer alike. */
const MOST_COMPARED = 4000;

function pseudonyms(words: readonly string[]): ReadonlyMap<string, string> {
  const secret = words.join('\n');
  const map = new Map<string, string>();
  const used = new Set<string>();
  for (const word of words) {
    const alike =
      words.length > MOST_COMPARED ? undefined : words.find((other) => map.has(other) && isTypo(other, word));
    let pseudonym = '';
    for (let round = 0; pseudonym === '' || used.has(pseudonym) || isKeptWord(pseudonym); round++) {
      const digest = createHash('sha256').update(`${secret}\0${word}\0${round}`).digest();
      pseudonym = alike === undefined ? spell(digest, word.length) : misspell(map.get(alike) ?? '', digest);
    }
    used.add(pseudonym);
    map.set(word, pseudonym);
  }
  return map;
}

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

/** A word that can be spoken, about as long as the original. */
function spell(digest: Buffer, length: number): string {
  let result = '';
  const letters = Math.min(Math.max(length, 5), 9);
  for (let index = 0; index < letters; index++) {
    const from = index % 2 === 0 ? CONSONANTS : VOWELS;
    result += from[(digest[index] ?? 0) % from.length];
  }
  return result;
}

/** The pseudonym of a word that was mistyped differs in one letter as well. */
function misspell(pseudonym: string, digest: Buffer): string {
  const at = (digest[0] ?? 0) % Math.max(1, pseudonym.length);
  const letter = CONSONANTS[(digest[1] ?? 0) % CONSONANTS.length] ?? 'x';
  return `${pseudonym.slice(0, at)}${letter}${pseudonym.slice(at + 1)}`;
}

/** One letter more, less, changed or swapped: what people mistype in words of four letters and more. */
function isTypo(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 4) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
