/** One value of a metrics page. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Values by metric name, in the order of the page. */
export type MetricsPage = ReadonlyMap<string, readonly Sample[]>;

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\S+)?\s*(?:#.*)?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

/**
 * Reads a page in the text format of Prometheus (and of OpenMetrics): names, labels and values. A line that is none is
 * passed over. Small enough to be kept here: published parsers are years without care, or bring a whole server along.
 */
export function parseMetrics(text: string): MetricsPage {
  const page = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, name = '', words = '', number = ''] = match;
    const value = readNumber(number);
    if (value === undefined) continue;
    const list = page.get(name);
    const sample = { labels: readLabels(words), value };
    if (list === undefined) page.set(name, [sample]);
    else list.push(sample);
  }
  return page;
}

function readNumber(text: string): number | undefined {
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

function readLabels(words: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of words.matchAll(LABEL)) {
    labels[name] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}
