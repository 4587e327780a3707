import { distance } from 'fastest-levenshtein';
import type { Labels } from '../../../../shared/model/objects.ts';
import { isVersionWord, stemOf } from './version-words.ts';

/** One key of a selector that labels do not satisfy. */
export interface LabelDifference {
  readonly key: string;
  readonly wanted: string;
  /** The value found under the key, or undefined when the key is missing. */
  readonly found: string | undefined;
  /** A key spelt almost alike that carries the wanted value, when there is one. */
  readonly similarKey?: string;
}

/** The keys in which labels differ from a selector, in the selector's order. */
export function labelDifferences(selector: Labels, labels: Labels): readonly LabelDifference[] {
  return Object.entries(selector)
    .filter(([key, wanted]) => labels[key] !== wanted)
    .map(([key, wanted]) => {
      const similarKey = Object.keys(labels).find(
        (other) => !(other in selector) && labels[other] === wanted && alike(other, key),
      );
      return { key, wanted, found: labels[key], ...(similarKey === undefined ? {} : { similarKey }) };
    });
}

/** `tier=backend instead of tier=api (…)`, the form in which a difference is told. */
export function differenceInWords({ key, wanted, found, similarKey }: LabelDifference): string {
  if (found !== undefined) {
    const kind = kindOfDifference(wanted, found);
    return `${key}=${found} instead of ${key}=${wanted}${kind === '' ? '' : ` (${kind})`}`;
  }
  if (similarKey !== undefined) return `${similarKey}=${wanted} instead of ${key}=${wanted}`;
  return `no label ${key}`;
}

/** What kind of slip leads from one word to the other; empty when they are simply different. */
export function kindOfDifference(a: string, b: string): string {
  if (a.trim() === b.trim()) return 'only blanks differ';
  if (a.toLowerCase() === b.toLowerCase()) return 'only upper and lower case differ';
  if (bare(a) === bare(b)) return 'only dashes, underscores or dots differ';
  if (singular(a) === singular(b)) return 'singular and plural';
  if (!isVersionWord(a) && stemOf(a.toLowerCase()) === stemOf(b.toLowerCase()))
    return VERSION_PART.test(a) || VERSION_PART.test(b) ? 'only the version suffix differs' : 'only the suffix differs';
  const letters = distance(a, b);
  if (swapped(a, b)) return 'two letters are swapped';
  if (letters === 1 && Math.max(a.length, b.length) >= 4 && !isVersionWord(a)) return 'one letter differs';
  return '';
}

/** Words that carry a number of a version; `blue` and `canary` are slots. */
const VERSION_PART = /(^|[-_.])v?\d/i;

/** Whether one word is the other with two neighbours in the wrong order, the commonest slip of fast typing. */
function swapped(a: string, b: string): boolean {
  if (a.length !== b.length || a.length < 3) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[-_. ]/g, '');
}

function singular(word: string): string {
  return word.toLowerCase().replace(/(ies|es|s|y)$/, '');
}

/**
 * How far labels are from a selector: 0 is a match, 1 has nothing in common. Each key weighs the same; a value that is
 * nearly the wanted one counts for less than one that is quite another.
 */
export function labelDistance(selector: Labels, labels: Labels): number {
  const keys = Object.entries(selector);
  if (keys.length === 0) return 0;
  let sum = 0;
  for (const [key, wanted] of keys) {
    const found = labels[key];
    if (found === wanted) continue;
    if (found !== undefined) sum += sameOrdinal(key, wanted, found) ? 0.2 : valueDistance(wanted, found);
    else sum += Object.entries(labels).some(([other, value]) => value === wanted && alike(other, key)) ? 0.4 : 1;
  }
  return sum / keys.length;
}

/** Member 0 of a StatefulSet that is called otherwise than the selector says. */
function sameOrdinal(key: string, wanted: string, found: string): boolean {
  return key.endsWith('/pod-name') && ordinalOf(wanted) === ordinalOf(found);
}

/** `-0` of `db-0`. */
export function ordinalOf(name: string | undefined): string | undefined {
  return /-\d+$/.exec(name ?? '')?.[0];
}

/** A slip (case, dashes, a version suffix) is nearer than any other difference. */
function valueDistance(wanted: string, found: string): number {
  const like = likeness(wanted.toLowerCase(), found.toLowerCase());
  // No slip makes words as unlike as that; most pairs of a sweep end here.
  if (like > 0.3 && kindOfDifference(wanted, found) !== '') return 0.2;
  return 0.3 + 0.7 * (1 - like);
}

/** 1 for equal words, 0 for words with nothing in common; a word that contains the other counts as near. */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 1;
  const edit = 1 - distance(a, b) / longest;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const contained = short.length >= 3 && long.includes(short) ? 0.6 : 0;
  return Math.max(edit, contained);
}

/** `app` and `app.kubernetes.io/name` say the same; so do keys one or two letters apart, and short forms. */
function alike(a: string, b: string): boolean {
  const last = (key: string): string => key.slice(key.lastIndexOf('/') + 1).toLowerCase();
  const [short = '', long = ''] = [bare(last(a)), bare(last(b))].sort((one, two) => one.length - two.length);
  // `env` and `environment`.
  if (short === long || (short.length > 2 && long.startsWith(short)) || distance(a, b) <= 2) return true;
  const names = new Set(['app', 'name', 'k8s-app', 'component', 'instance', 'run', 'application', 'service']);
  return names.has(last(a)) && names.has(last(b));
}
