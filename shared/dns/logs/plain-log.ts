const LEVELS: Readonly<Record<string, string>> = { WARN: 'WARNING' };

/**
 * A log of CoreDNS 1.15 and later that was started with `-log-format=json`, written as all others are:
 * `[ERROR] plugin/errors: 2 …`. Lines that are no such records stay as they are.
 */
export function plainLog(text: string): string {
  return text.includes('"level":') ? text.split('\n').map(plainLine).join('\n') : text;
}

function plainLine(line: string): string {
  const at = line.indexOf('{"time":');
  if (at < 0) return line;
  let record: { readonly level?: unknown; readonly msg?: unknown; readonly plugin?: unknown };
  try {
    record = JSON.parse(line.slice(at));
  } catch {
    return line;
  }
  const { level, msg, plugin } = record;
  if (typeof level !== 'string' || typeof msg !== 'string') return line;
  // A question's record holds the line of the query log itself.
  const from = typeof plugin === 'string' && plugin !== 'log' ? `plugin/${plugin}: ` : '';
  return `[${LEVELS[level] ?? level}] ${from}${msg}`;
}
