import type { Finding } from '../messages/finding.ts';
import { type Report, type Section, wordOf } from './report.ts';
import { factsWords, HOP_WORDS, kubectlCall, RISKS } from './words.ts';

/** The report for an issue or a chat: headings, lists, and commands in fenced blocks. */
export function formatMarkdown(report: Report): string {
  const [first, ...others] = report.causes;
  const list = report.layout === 'list' || report.layout === 'answer';
  const blocks = [
    `## ${[wordOf(report), inline(report.headline)].filter((text) => text !== '').join(': ')}`,
    ...(first === undefined || list ? [] : causeBlocks(first, 3)),
    ...(list ? [] : others.flatMap((cause) => [`### ${heading(cause)}`, ...causeBlocks(cause, 4)])),
    ...(report.sections ?? []).flatMap(sectionBlocks),
    ...(list ? report.causes.flatMap((cause) => [`### ${heading(cause)}`, ...causeBlocks(cause, 4)]) : []),
    ...ladderBlocks(report),
    ...listBlock(
      'Notes',
      report.findings.map((note) => `${inline(note.summary)} (${note.code})`),
    ),
    ...listBlock(
      'Not checked',
      report.notChecked.map(({ check, reason }) => `${inline(check)}: ${inline(reason)}`),
    ),
    ...listBlock(
      'Suppressed',
      (report.suppressed ?? []).map(
        ({ code, subject, by }) => `${code} of ${inline(`${subject.kind} ${subject.name}`)} (${inline(by)})`,
      ),
    ),
    `_${inline(kubectlCall(report))}, ${inline(factsWords(report))}_`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function heading(cause: Finding): string {
  return `${cause.severity === 'critical' ? 'Also broken' : 'Also'}: ${inline(cause.summary)}`;
}

function causeBlocks(cause: Finding, level: number): readonly string[] {
  const marks = '#'.repeat(level);
  return [
    `\`${cause.code}\` ${cause.slug}, ${cause.severity}, ${cause.confidence}`,
    ...(cause.evidence.length === 0
      ? []
      : [
          `${marks} Evidence`,
          cause.evidence
            .map(({ fact, source }) => `- ${inline(fact)}${source === '' ? '' : ` — ${inline(source)}`}`)
            .join('\n'),
        ]),
    ...(cause.fixes.length === 0 ? [] : [`${marks} Fix`]),
    ...cause.fixes.flatMap((fix) => [
      `${inline(fix.title)} (${RISKS[fix.risk]})`,
      fenced(fix.command),
      ...(fix.undo === undefined ? [] : ['Undo', fenced(fix.undo)]),
    ]),
  ];
}

function sectionBlocks(section: Section): readonly string[] {
  const title = section.title === undefined ? [] : [`### ${inline(section.title)}`];
  if (section.type === 'text') return [...title, section.lines.map(inline).join('  \n')];
  if (section.type === 'hops') {
    const rows = section.hops.map(
      (hop) => `- **${inline(hop.name)}** (${HOP_WORDS[hop.result]}): ${hop.lines.map(inline).join('; ')}`,
    );
    return [...title, rows.join('\n')];
  }
  return [...title, table(section.head, section.rows)];
}

function ladderBlocks({ ladder, coverage }: Report): readonly string[] {
  if (ladder.length === 0) return [];
  return [
    `### Checked: ${coverage.ran} of ${coverage.of}`,
    table(
      ['', 'What', ''],
      ladder.map((rung) => [HOP_WORDS[rung.result], rung.name, rung.note]),
    ),
  ];
}

function listBlock(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`### ${title}`, lines.map((line) => `- ${line}`).join('\n')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inline).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** A fence longer than any run of backticks in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

/** Text that stays text: nothing in it can start markup, a table cell or a line. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|#~]/g, '\\$&');
}
