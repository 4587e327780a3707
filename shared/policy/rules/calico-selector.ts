import type { LabelSelector, LabelSelectorRequirement } from '../../model/objects.ts';

/**
 * A Calico selector as a LabelSelector, for the forms that have one: `all()`, `k == 'v'`, `k != 'v'`, `has(k)`,
 * `!has(k)`, `k in {…}`, `k not in {…}`, joined by `&&`. Whatever else stands in it is left out, so that the result
 * matches too much rather than too little.
 */
export function parseCalicoSelector(text: string | undefined): LabelSelector {
  // With an alternative or a group, no single part needs to hold.
  if (text === undefined || /\|\||\((?!\s*[\w./-]*\s*\))/.test(text)) return {};
  return { matchExpressions: text.split('&&').flatMap((part) => parseTerm(part.trim()) ?? []) };
}

function parseTerm(term: string): LabelSelectorRequirement | undefined {
  const has = /^(!?)\s*has\(\s*([\w./-]+)\s*\)$/.exec(term);
  if (has) return { key: has[2] ?? '', operator: has[1] === '!' ? 'DoesNotExist' : 'Exists' };
  const equal = /^([\w./-]+)\s*(==|!=)\s*(["'])([^"']*)\3$/.exec(term);
  if (equal) return { key: equal[1] ?? '', operator: equal[2] === '==' ? 'In' : 'NotIn', values: [equal[4] ?? ''] };
  const inSet = /^([\w./-]+)\s+(not\s+in|in)\s*\{([^}]*)\}$/.exec(term);
  if (!inSet) return undefined;
  const values = [...(inSet[3] ?? '').matchAll(/["']([^"']*)["']/g)].map((match) => match[1] ?? '');
  return { key: inSet[1] ?? '', operator: inSet[2] === 'in' ? 'In' : 'NotIn', values };
}
