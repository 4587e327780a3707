const NAME = /^([A-Za-z0-9]|[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9])$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Whether Kubernetes takes a text for a label selector of the kubernetes plugin: `app=web,tier in (a, b),!old`. `!=`,
 * greater and less are refused there. Source: k8s.io/apimachinery labels.Parse, ParseToLabelSelector.
 */
export function labelSelectorError(text: string): string | undefined {
  const parts = splitRequirements(text);
  if (parts === undefined) return `couldn't parse the selector string "${text}": unbalanced parentheses`;
  for (const part of parts.length === 1 && parts[0]?.trim() === '' ? [] : parts) {
    const why = requirementError(part.trim());
    if (why !== undefined) return `couldn't parse the selector string "${text}": ${why}`;
  }
  return undefined;
}

function splitRequirements(text: string): string[] | undefined {
  const parts: string[] = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth < 0 || depth > 1) return undefined;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return depth === 0 ? parts : undefined;
}

function requirementError(part: string): string | undefined {
  const exists = /^!?\s*([^\s=!<>(),]+)$/.exec(part);
  if (exists !== null) return keyError(exists[1] ?? '');
  const set = /^([^\s=!<>(),]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set !== null) return keyError(set[1] ?? '') ?? firstError((set[3] ?? '').split(',').map((value) => value.trim()));
  if (part.includes('!=')) return '"!=" is not a valid label selector operator';
  const equal = /^([^\s=!<>(),]+)\s*(==|=)\s*([^\s=!<>(),]*)$/.exec(part);
  if (equal !== null) return keyError(equal[1] ?? '') ?? firstError([equal[3] ?? '']);
  return /[<>]/.test(part) ? `"${part}" isn't supported in label selectors` : `unable to parse requirement: ${part}`;
}

function keyError(key: string): string | undefined {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  if (!NAME.test(name)) return `name part of key "${key}" is not valid`;
  return prefix === undefined || (PREFIX.test(prefix) && prefix.length <= 253)
    ? undefined
    : `prefix part of key "${key}" is not valid`;
}

function firstError(values: readonly string[]): string | undefined {
  const wrong = values.find((value) => value !== '' && !NAME.test(value));
  return wrong === undefined
    ? undefined
    : `a valid label value must consist of alphanumeric characters, '-', '_' or '.': "${wrong}"`;
}
