import { distance } from 'fastest-levenshtein';
import type { LabelSelector } from '../../model/objects.ts';
import type { Ref } from '../../model/refs.ts';
import { type KnownLabels, type Miss, missesOf, requirementsOf } from '../rules/labels.ts';
import { NAMESPACE_NAME_LABEL } from '../rules/units.ts';

/** An object that a selector does not match, and how little is missing. */
export interface Nearest {
  readonly object: Ref;
  readonly misses: readonly Miss[];
  /** How many requirements the selector has; those that are no miss are met. */
  readonly asked: number;
  /** A label of the object that has the wanted value under another key, or a nearly equal key. */
  readonly similar?: { readonly key: string; readonly value: string };
  /** The object's name holds the wanted value: `team=frontend` and a namespace `frontend`. */
  readonly named: boolean;
}

export interface Candidate {
  readonly ref: Ref;
  readonly labels: KnownLabels;
}

/**
 * Objects that come closest to a selector which none of them meets: fewest misses first, then the likeliest slip, then
 * the namespace that is called most like `home`.
 */
export function nearestTo(
  selector: LabelSelector,
  candidates: readonly Candidate[],
  max = 3,
  home = '',
): readonly Nearest[] {
  const scored: { readonly nearest: Nearest; readonly score: number }[] = [];
  const asked = requirementsOf(selector).length;
  for (const { ref, labels } of candidates) {
    const misses = missesOf(selector, labels);
    if (misses.length === 0) continue;
    const similar = similarLabel(misses, labels);
    const named = misses.some((miss) => isNamed(miss, ref.name));
    const nearest = { object: ref, misses, asked, ...(similar === undefined ? {} : { similar }), named };
    scored.push({ nearest, score: misses.length * 100 + slip(misses, similar !== undefined, named) });
  }
  return scored
    .sort(
      (a, b) =>
        a.score - b.score ||
        farFrom(home, a.nearest.object) - farFrom(home, b.nearest.object) ||
        (a.nearest.object.name < b.nearest.object.name ? -1 : 1),
    )
    .slice(0, max)
    .map(({ nearest }) => nearest);
}

/** How unlike the namespace of an object, or a namespace itself, is called; 0 without a `home` to compare it with. */
export function farFrom(home: string, { kind, namespace, name }: Ref): number {
  return home === '' ? 0 : distance(home, kind === 'Namespace' ? name : (namespace ?? ''));
}

/** 0 to 20: the smaller, the more it looks like a slip of the pen. */
function slip(misses: readonly Miss[], similar: boolean, named: boolean): number {
  let best = similar ? 1 : named ? 2 : 20;
  for (const { found, values } of misses) {
    if (found === undefined) continue;
    for (const value of values) {
      const share = distance(found, value) / Math.max(found.length, value.length, 1);
      // Beyond half of the letters it is another word, and how many letters they share by chance says nothing.
      best = Math.min(best, share > 0.5 ? 13 : 3 + 10 * share);
    }
  }
  return best;
}

function similarLabel(misses: readonly Miss[], { labels }: KnownLabels): Nearest['similar'] {
  for (const { key, values, found, operator } of misses) {
    if (found !== undefined || operator === 'NotIn' || operator === 'DoesNotExist') continue;
    for (const [other, value] of Object.entries(labels)) {
      const sameValue = values.length === 0 || values.includes(value);
      if (sameValue && (distance(other, key) <= 2 || lastPart(other) === lastPart(key))) return { key: other, value };
      // Every namespace has its name for a label; a name that fits is told apart, as `named`.
      if (other !== NAMESPACE_NAME_LABEL && values.includes(value) && isTelling(value)) return { key: other, value };
    }
  }
  return undefined;
}

/** Under whatever key it stands, `frontend` means the frontend; `true`, `v2` and `production` may mean anything. */
function isTelling(value: string): boolean {
  return (
    value.length > 3 &&
    !/^(true|false|enabled|disabled|default|system|production|staging|stable|v?\d[\w.-]*)$/.test(value)
  );
}

/** `app` of `example.com/app`: a prefix put on or left off is a common slip. */
function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function isNamed({ values, operator }: Miss, name: string): boolean {
  return operator === 'In' && values.some((value) => value.length > 1 && name.includes(value));
}
