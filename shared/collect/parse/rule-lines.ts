/** Where the fields of a policy's spec and its rules stand in its text: `podSelector`, `ingress/0` and the 1-based line. */
export type RuleLines = readonly (readonly [rule: string, line: number])[];

/** Policies are short; a longer text is something else that mentions one. */
const LONGEST = 256 * 1024;

/**
 * Finds the fields and rules of a policy written in block form, by indentation alone: the keys right below `spec:` and the
 * items under `ingress:` and `egress:`. `firstLine` is the line of the text in its file. Empty for other texts and for the
 * flow form.
 */
export function ruleLinesOf(text: string, firstLine: number): RuleLines {
  if (
    text.length > LONGEST ||
    !text.includes('NetworkPolicy') ||
    !/^[ \t-]*kind:[ \t]*["']?\w*NetworkPolicy\b/m.test(text)
  )
    return [];
  const found: [string, number][] = [];
  let root = -1;
  let section: { readonly key: number; name: string | undefined; items: number; count: number } | undefined;
  for (const [at, line] of text.split('\n').entries()) {
    const indent = contentAt(line);
    if (indent === undefined) continue;
    if (root < 0) root = line.startsWith('-', indent) ? contentAfterDash(line, indent) : indent;
    if (section === undefined) {
      if (/^(?:[ ]*-)?[ ]*spec:\s*(?:#.*)?$/.test(line) && line.indexOf('spec') === root) {
        section = { key: -1, name: undefined, items: -1, count: 0 };
      }
      continue;
    }
    // A key beside `spec` ends it.
    if (indent <= root) break;
    const key: number = section.key < 0 ? indent : section.key;
    const dash = line.charAt(indent) === '-';
    if (indent === key && !dash) {
      const [, field] = /^["']?(\w+)["']?:/.exec(line.slice(indent)) ?? [];
      if (field !== undefined) found.push([field, firstLine + at]);
      const name = /^(ingress|egress):\s*(?:#.*)?$/.exec(line.slice(indent))?.[1];
      section = { key, name, items: -1, count: 0 };
    } else if (section.name !== undefined && dash && (section.items < 0 || section.items === indent)) {
      found.push([`${section.name}/${section.count}`, firstLine + at]);
      section = { ...section, key, items: indent, count: section.count + 1 };
    }
  }
  return found;
}

/** The column of the first letter; undefined for empty lines and comments. */
function contentAt(line: string): number | undefined {
  const at = line.search(/\S/);
  return at < 0 || line.charAt(at) === '#' || line.startsWith('---') ? undefined : at;
}

/** The column of what follows the dash of a list item. */
function contentAfterDash(line: string, dash: number): number {
  const after = line.slice(dash + 1).search(/\S/);
  return after < 0 ? dash + 2 : dash + 1 + after;
}
