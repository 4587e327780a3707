import type { LabelSelectorRequirement } from './objects.ts';

const KEY = '[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUAL = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/**
 * The requirements in a label selector's text form: `app=web,tier!=db,env in (a,b),track notin (c),canary,!old`. `!=`
 * and `notin` also hold for objects without the key. Undefined when the text is none; none for an empty text.
 * Source: Kubernetes docs, "Labels and Selectors", apimachinery `labels.Parse`.
 */
export function parseSelectorText(text: string): readonly LabelSelectorRequirement[] | undefined {
  if (text.trim() === '') return [];
  const requirements: LabelSelectorRequirement[] = [];
  for (const part of text.split(/,(?![^(]*\))/)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return requirements;
}

function parseRequirement(part: string): LabelSelectorRequirement | undefined {
  const [, setKey, word, list = ''] = SET.exec(part) ?? [];
  if (setKey !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    return { key: setKey, operator: word === 'in' ? 'In' : 'NotIn', values };
  }
  const [, key, sign, value = ''] = EQUAL.exec(part) ?? [];
  if (key !== undefined) return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] };
  const [, not, name] = EXISTS.exec(part) ?? [];
  return name === undefined ? undefined : { key: name, operator: not === '!' ? 'DoesNotExist' : 'Exists' };
}
