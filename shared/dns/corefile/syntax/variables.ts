const FORMS = [
  ['{%', '%}'],
  ['{$', '}'],
] as const;

/** A value that holds placeholders again could go on for ever; CoreDNS has no such end. */
const MAX_ROUNDS = 1000;

/** Fills in `{%NAME%}` and `{$NAME}`; a variable that is not set is empty, `{$}` stays as it is. */
export function fillInVariables(text: string, env: ReadonlyMap<string, string>): string {
  if (!text.includes('{%') && !text.includes('{$')) return text;
  let filled = text;
  for (const [open, close] of FORMS) filled = fillInForm(filled, open, close, env);
  return filled;
}

function fillInForm(text: string, open: string, close: string, env: ReadonlyMap<string, string>): string {
  let filled = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const start = filled.indexOf(open);
    if (start < 0) return filled;
    const end = filled.indexOf(close, start);
    if (end <= start + open.length) return filled;
    const reference = filled.slice(start, end + close.length);
    filled = filled.replaceAll(reference, () => env.get(reference.slice(open.length, -close.length)) ?? '');
  }
  return filled;
}
