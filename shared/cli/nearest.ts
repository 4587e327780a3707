import { distance } from 'fastest-levenshtein';

/**
 * The known words that a mistyped one may mean, nearest first: at most a third of its letters differ, it is the beginning
 * of a known word, or all parts of one are parts of the other (`redis-master` and `redis`, `db-service` and `db`). Empty
 * when nothing is near enough to be worth saying.
 */
export function nearestWords(typed: string, known: readonly string[], max = 3): readonly string[] {
  const word = typed.toLowerCase();
  return known
    .map((candidate) => ({ candidate, score: score(word, candidate.toLowerCase()) }))
    .filter(({ score: value }) => value <= 0.34)
    .sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, max)
    .map(({ candidate }) => candidate);
}

/** ` Did you mean x or y?`, with a leading text for each name; empty when there is nothing near. */
export function didYouMean(typed: string, known: readonly string[], prefix = ''): string {
  const near = nearestWords(typed, known).map((word) => `${prefix}${word}`);
  return near.length === 0 ? '' : `Did you mean ${near.join(' or ')}?`;
}

function score(typed: string, known: string): number {
  if (typed === known) return 0;
  if (typed.length >= 3 && known.startsWith(typed)) return 0.2;
  // Letters in another order are one slip, however many places they moved.
  if (sorted(typed) === sorted(known)) return 0.1;
  const share = distance(typed, known) / Math.max(typed.length, known.length, 1);
  return share > 0.3 && holdsParts(typed, known) ? 0.3 + share / 100 : share;
}

/** Whether every part between dashes of the shorter name is one of the longer; a single letter says nothing. */
function holdsParts(typed: string, known: string): boolean {
  const [few, many] = [typed.split('-'), known.split('-')].sort((a, b) => a.length - b.length);
  return few?.some((part) => part.length > 1) === true && few.every((part) => many?.includes(part) === true);
}

function sorted(word: string): string {
  return [...word].sort().join('');
}
