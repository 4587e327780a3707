import type { KubeObject, Labels } from '../model/objects.ts';
import { parseSelectorText } from '../model/selector-text.ts';
import { matchesRequirement } from '../model/selectors.ts';

/** Whether labels satisfy a selector in text form. An empty text selects everything, a broken one nothing. */
export function matchesLabelText(text: string, labels: Labels | undefined): boolean {
  return parseSelectorText(text)?.every((requirement) => matchesRequirement(requirement, labels)) ?? false;
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
