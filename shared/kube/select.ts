import type { KubeObject, LabelSelectorRequirement, Labels } from '../model/objects.ts';
import { matchesRequirement } from '../model/selectors.ts';

/**
 * The requirements in a label selector's text form: `app=web,tier!=db,env in (a,b),track notin (c),canary,!old`.
 * Undefined when the text is none. Source: Kubernetes docs, "Labels and Selectors", apimachinery `labels.Parse`.
 */
export function parseLabelSelector(text: string): readonly LabelSelectorRequirement[] | undefined {
  const requirements: LabelSelectorRequirement[] = [];
  for (const part of splitOutsideBrackets(text)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return requirements;
}

/** Whether labels satisfy a selector in text form. An empty text selects everything, a broken one nothing. */
export function matchesLabelText(text: string, labels: Labels | undefined): boolean {
  if (text.trim() === '') return true;
  return parseLabelSelector(text)?.every((requirement) => matchesRequirement(requirement, labels)) ?? false;
}

/**
 * Whether an object satisfies a field selector such as `metadata.name=web,status.phase!=Running`. A field that the
 * object lacks counts as empty, as the API server has it.
 */
export function matchesFieldText(text: string, object: KubeObject): boolean {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .every((part) => {
      const match = /^\s*([^=!\s]+)\s*(!=|==?)\s*(.*?)\s*$/.exec(part);
      if (match === null) return false;
      const [, path = '', operator, wanted = ''] = match;
      return (fieldAt(object, path) === wanted) === (operator !== '!=');
    });
}

function fieldAt(object: unknown, path: string): string {
  let value: unknown = object;
  for (const key of path.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
  return value === undefined || value === null ? '' : String(value);
}

function splitOutsideBrackets(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).filter((part) => part.trim() !== '');
}

function parseRequirement(part: string): LabelSelectorRequirement | undefined {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
  if (set !== null) {
    const [, key = '', word, list = ''] = set;
    return { key, operator: word === 'in' ? 'In' : 'NotIn', values: list.split(',').map((value) => value.trim()) };
  }
  const equality = /^([^=!\s]+)\s*(!=|==?)\s*(\S*)$/.exec(part);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] };
  }
  const existence = /^(!?)\s*([\w./-]+)$/.exec(part);
  if (existence === null) return undefined;
  const [, not, key = ''] = existence;
  return { key, operator: not === '!' ? 'DoesNotExist' : 'Exists' };
}
