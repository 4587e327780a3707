import type { Finding } from '../messages/finding.ts';
import { type Report, type Section, wordOf } from './report.ts';

/**
 * What moves by itself while nothing happens: moments, spans of time (`3m5s`, `40 seconds`), shares, and counts of what
 * adds up (`17 restarts`, `×12`). How many of how many, ports and names stay.
 */
const PASSING = new RegExp(
  [
    String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`,
    String.raw`(?<![\w.-])(?:\d+(?:\.\d+)?(?:ms|[smhdy]))+(?![\w-])`,
    String.raw`\b\d+(?:\.\d+)? (?:ms|s|seconds?|minutes?|hours?|days?)\b`,
    String.raw`\b\d+(?:\.\d+)? ?%`,
    String.raw`\b\d[\d,]*(?= (?:times|restarts?|queries|requests|lookups|answers|errors|packets|entries|lines)\b)`,
    String.raw`\b(?:once|twice)\b`,
    String.raw`×\d+`,
  ].join('|'),
  'g',
);

/** A text without what moves by itself. */
export function withoutPassing(text: string): string {
  return text.replace(PASSING, '');
}

/**
 * What a report tells, as a text that stays the same until there is something new to tell: verdict, causes and findings
 * with their objects and fixes, what was not checked, the ladder, rows and hops. Evidence, coverage and explanations
 * follow from these; the time and the source are no news.
 */
export function toldBy(report: Report): string {
  const { headline, notChecked, ladder, suppressed = [], sections = [], items = [] } = report;
  return withoutPassing(
    JSON.stringify([
      wordOf(report),
      report.verdict,
      headline,
      judgedIn(report),
      notChecked,
      ladder,
      suppressed,
      sections.map(shownBy),
      items.map((item) => [item.target, item.verdict, judgedIn(item), item.notChecked]),
    ]),
  );
}

function judgedIn({ causes, findings }: Pick<Report, 'causes' | 'findings'>): readonly unknown[] {
  return [...causes, ...findings].map(
    ({ code, severity, confidence, role, subject, line, summary, fixes }: Finding) => [
      [code, severity, confidence, role, subject, line, summary],
      fixes.map(({ command, undo }) => [command, undo]),
    ],
  );
}

function shownBy(section: Section): readonly unknown[] {
  if (section.type === 'table') return [section.title, section.rows];
  if (section.type === 'hops') return [section.title, section.hops];
  // How many objects were looked at is no news about any of them.
  return [section.title, section.lines.filter((line) => !line.startsWith('Scanned: '))];
}
