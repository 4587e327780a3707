import type { LabelSelector, LabelSelectorRequirement, Labels } from '../../model/objects.ts';
import type { Tri } from './rules.ts';

/** Labels of which perhaps only some are known. */
export interface KnownLabels {
  readonly labels: Labels;
  /** False when the object itself was not read, so that an absent key proves nothing. */
  readonly complete: boolean;
}

/** A requirement of a selector that an object does not meet. */
export interface Miss {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
  /** What the object has under the key; undefined when the key is absent. */
  readonly found: string | undefined;
}

/** A selector as a flat list: matchLabels entries are In-requirements with one value (API reference, LabelSelector). */
export function requirementsOf(selector: LabelSelector): readonly LabelSelectorRequirement[] {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  return [...equal, ...(selector.matchExpressions ?? [])];
}

/**
 * Whether a selector holds. All requirements are ANDed; an empty selector holds for everything, known or not. NotIn and
 * DoesNotExist hold when the key is absent, Exists holds for an empty value, an unknown operator never holds.
 */
export function matchLabels(selector: LabelSelector, { labels, complete }: KnownLabels): Tri {
  let result: Tri = 'yes';
  const wanted = selector.matchLabels;
  if (wanted) {
    for (const key in wanted) {
      const found = labelOf(labels, key);
      if (found === wanted[key]) continue;
      if (complete || found !== undefined) return 'no';
      result = 'maybe';
    }
  }
  for (const requirement of selector.matchExpressions ?? []) {
    const one = matchRequirement(requirement, labels, complete);
    if (one === 'no') return 'no';
    if (one === 'maybe') result = 'maybe';
  }
  return result;
}

/** The value of a label. What every object inherits (`constructor`) is none. */
function labelOf(labels: Labels, key: string): string | undefined {
  const value: unknown = labels[key];
  return typeof value === 'object' || typeof value === 'function' ? undefined : labels[key];
}

/** One requirement; `maybe` when the key could be there but was not seen. */
export function matchRequirement(requirement: LabelSelectorRequirement, labels: Labels, complete: boolean): Tri {
  const { key = '', operator, values } = requirement;
  const found = labelOf(labels, key);
  if (!KNOWN_OPERATORS.has(operator ?? '')) return 'no';
  if (found === undefined && !complete) return 'maybe';
  switch (operator) {
    case 'In':
      return found !== undefined && (values ?? []).includes(found) ? 'yes' : 'no';
    case 'NotIn':
      return found === undefined || !(values ?? []).includes(found) ? 'yes' : 'no';
    case 'Exists':
      return found !== undefined ? 'yes' : 'no';
    default:
      return found === undefined ? 'yes' : 'no';
  }
}

const KNOWN_OPERATORS: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** The requirements that surely fail, in the selector's order. Empty when the selector holds or may hold. */
export function missesOf(selector: LabelSelector, { labels, complete }: KnownLabels): readonly Miss[] {
  return requirementsOf(selector)
    .filter((requirement) => matchRequirement(requirement, labels, complete) === 'no')
    .map(({ key = '', operator = '', values = [] }) => ({
      key,
      operator,
      values,
      found: labelOf(labels, key),
    }));
}
