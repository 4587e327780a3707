import type { LabelSelector, LabelSelectorRequirement, Labels } from './objects.ts';

/**
 * Whether labels satisfy an equality map, as in `Service.spec.selector` and `matchLabels`.
 * An empty map matches everything; a Service treats an empty selector as "no selector" before it comes here.
 */
export function matchesLabels(wanted: Labels, labels: Labels | undefined): boolean {
  for (const key of Object.keys(wanted)) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

/**
 * Whether labels satisfy a LabelSelector: matchLabels and every expression must hold. An empty selector matches all,
 * an absent one none (API reference, LabelSelector).
 */
export function matchesSelector(selector: LabelSelector | null | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined || selector === null) return false;
  if (!matchesLabels(selector.matchLabels ?? {}, labels)) return false;
  for (const requirement of selector.matchExpressions ?? []) {
    if (!matchesRequirement(requirement, labels)) return false;
  }
  return true;
}

/** One matchExpressions entry. NotIn and DoesNotExist hold when the key is absent; an unknown operator never holds. */
export function matchesRequirement(requirement: LabelSelectorRequirement, labels: Labels | undefined): boolean {
  const value = requirement.key === undefined ? undefined : labels?.[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && (requirement.values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(requirement.values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** `app=web,tier=front`, keys in their given order: the form kubectl's -l takes. */
export function formatLabels(labels: Labels | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** A LabelSelector in the form kubectl prints: `app=web,tier in (a,b),!canary`. */
export function formatSelector(selector: LabelSelector | null | undefined): string {
  if (selector === undefined || selector === null) return '<none>';
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key = '', operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(',')})`);
  }
  return parts.length === 0 ? '<all>' : parts.join(',');
}
