import type { LabelSelector, LabelSelectorRequirement } from '../model/objects.ts';
import { UsageError } from './command.ts';

const KEY = '[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const EQUAL = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/**
 * Reads `-l` as kubectl does: `app=web,tier!=db,track in (a,b),!canary`. Throws a UsageError for anything else.
 * `!=` and `notin` also hold for objects without the key.
 */
export function parseSelector(text: string): LabelSelector {
  const requirements = splitOutsideParentheses(text).map((part) => parseRequirement(part.trim(), text));
  return { matchExpressions: requirements };
}

function parseRequirement(part: string, whole: string): LabelSelectorRequirement {
  const [, setKey, word, list = ''] = SET.exec(part) ?? [];
  if (setKey !== undefined) {
    return {
      key: setKey,
      operator: word === 'in' ? 'In' : 'NotIn',
      values: list.split(',').map((value) => value.trim()),
    };
  }
  const [, key, sign, value = ''] = EQUAL.exec(part) ?? [];
  if (key !== undefined) return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] };
  const [, not, name] = EXISTS.exec(part) ?? [];
  if (name !== undefined) return { key: name, operator: not === '!' ? 'DoesNotExist' : 'Exists' };
  throw new UsageError(`-l ${whole} is not a label selector`, 'Examples: app=web, tier!=db, "track in (a,b)", !canary');
}

function splitOutsideParentheses(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts;
}
