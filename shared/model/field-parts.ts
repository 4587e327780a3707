/**
 * The names under which the line of a field may be known, the nearest first: `ingress/0` and `ingress` for
 * `spec.ingress[0].from` and for the JSON pointer `/spec/ingress/0/from`.
 */
export function partsOfField(field: string): readonly string[] {
  const [, name, at] = /^\/?spec[./](\w+)(?:[[/](\d+))?/.exec(field) ?? [];
  if (name === undefined) return [];
  return at === undefined ? [name] : [`${name}/${at}`, name];
}
