/**
 * The namespace that a network policy would have been about, had its text been readable; `*` for one of the whole
 * cluster. Undefined when the document around the line does not look like a policy.
 */
export function brokenPolicyAt(lines: readonly string[], line: number, defaultNamespace: string): string | undefined {
  let from = Math.min(line, lines.length) - 1;
  while (from > 0 && !(lines[from] ?? '').startsWith('---')) from--;
  let to = from + 1;
  while (to < lines.length && !(lines[to] ?? '').startsWith('---')) to++;
  const text = lines.slice(from, to).join('\n');
  const kind = /^[ \t{-]*["']?kind["']?:[ \t]*["']?(\w*NetworkPolicy)\b/m.exec(text)?.[1];
  if (kind === undefined) return undefined;
  if (/^(Admin|BaselineAdmin|Cluster|Global)/.test(kind)) return '*';
  const namespace = /["']?\bnamespace["']?:[ \t]*["']?([a-z0-9][a-z0-9-]*)/.exec(text)?.[1];
  return namespace ?? defaultNamespace;
}
