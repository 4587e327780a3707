import type { Evidence, Finding, Fix } from '../messages/finding.ts';
import { plural, wrap } from '../util/text.ts';
import { createPaint, type Paint } from './paint.ts';
import { type Hop, type Report, type Section, wordOf } from './report.ts';
import { tableLines } from './table-lines.ts';
import type { View } from './view.ts';
import { factsWords, MARKS, RISKS } from './words.ts';

const MAX_EVIDENCE = 8;
const MAX_NOTES = 3;

interface Pen {
  readonly width: number;
  readonly tableWidth: number;
  readonly wide: boolean;
  readonly paint: Paint;
  /** `kubectl netsvc`, for hints. */
  readonly call: string;
}

/**
 * The form for a terminal: verdict and cause in a sentence, evidence, the fix to paste, what was checked, further
 * causes, notes, what could not be checked. Readable without colour; `wide` leaves nothing out.
 */
export function formatTable(report: Report, view: View, wide: boolean): string {
  const pen: Pen = {
    width: view.width,
    tableWidth: view.tableWidth,
    wide,
    paint: createPaint(view.color),
    call: `kubectl ${report.command.split(' ')[0] ?? ''}`,
  };
  const blocks = blocksOf(report, pen);
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function blocksOf(report: Report, pen: Pen): readonly (readonly string[])[] {
  switch (report.layout) {
    case 'list':
      return listBlocks(report, pen);
    case 'answer':
      return answerBlocks(report, pen);
    default:
      return diagnosisBlocks(report, pen);
  }
}

function answerBlocks(report: Report, pen: Pen): readonly (readonly string[])[] {
  const fixes = report.causes.flatMap((cause) => cause.fixes.flatMap((fix) => oneFix(fix, pen)));
  return [
    headlineLines(report, pen),
    ...(report.sections ?? []).map((section) => sectionLines(section, pen)),
    fixes.length === 0 ? [] : [pen.paint.bold('Smallest change'), ...fixes],
    noteLines(report, pen),
    suppressedLines(report, pen),
    notCheckedLines(report, pen),
    pen.wide ? sourceLines(report, pen) : [],
  ];
}

function diagnosisBlocks(report: Report, pen: Pen): readonly (readonly string[])[] {
  const [first, ...others] = report.causes;
  const quiet = first === undefined && report.verdict === 'healthy' && !pen.wide;
  return [
    headlineLines(report, pen),
    ...(first === undefined ? [] : causeBlocks(first, pen, MAX_EVIDENCE)),
    ...(quiet ? [] : [ladderLines(report, pen)]),
    ...others.flatMap((cause) => furtherCause(cause, pen)),
    noteLines(report, pen),
    ...(report.sections ?? []).map((section) => sectionLines(section, pen)),
    suppressedLines(report, pen),
    notCheckedLines(report, pen),
    pen.wide ? sourceLines(report, pen) : [],
  ];
}

function listBlocks(report: Report, pen: Pen): readonly (readonly string[])[] {
  return [
    headlineLines(report, pen),
    ...(report.sections ?? []).map((section) => sectionLines(section, pen)),
    ...(pen.wide ? report.causes.flatMap((cause) => furtherCause(cause, pen)) : []),
    pen.wide ? noteLines(report, pen) : [],
    suppressedLines(report, pen),
    notCheckedLines(report, pen),
    pen.wide ? sourceLines(report, pen) : [],
  ];
}

function headlineLines(report: Report, pen: Pen): readonly string[] {
  const word = wordOf(report);
  const first = report.layout === undefined || report.layout === 'diagnosis' ? report.causes[0] : undefined;
  const lines = wrap(
    `${report.headline}${first === undefined ? '' : tag(first)}`,
    pen.width,
    word === '' ? '' : ' '.repeat(word.length + 2),
  );
  if (word === '') return lines;
  return lines.map((line, at) => (at === 0 ? pen.paint.verdict(report.verdict, word) + line.slice(word.length) : line));
}

/** ` [SVC101]`, with the doubt when there is one. */
function tag(finding: Finding): string {
  return ` [${finding.code}${finding.confidence === 'proven' ? '' : `, ${finding.confidence}`}]`;
}

function causeBlocks(cause: Finding, pen: Pen, maxEvidence: number): readonly (readonly string[])[] {
  return [evidenceLines(cause, pen, pen.wide ? Number.POSITIVE_INFINITY : maxEvidence), fixLines(cause, pen)];
}

function furtherCause(cause: Finding, pen: Pen): readonly (readonly string[])[] {
  const summary = wrap(`${cause.summary}${tag(cause)}`, pen.width, '  ');
  const title = pen.paint.bold(cause.severity === 'critical' ? 'Also broken' : 'Also');
  if (pen.wide) return [[title, ...summary], ...causeBlocks(cause, pen, MAX_EVIDENCE)];
  return [[title, ...summary, ...cause.fixes.slice(0, 1).flatMap((fix) => oneFix(fix, pen))]];
}

function evidenceLines(finding: Finding, pen: Pen, max: number): readonly string[] {
  if (finding.evidence.length === 0) return [];
  const shown = finding.evidence.slice(0, max);
  const hidden = finding.evidence.length - shown.length;
  return [
    pen.paint.bold('Evidence'),
    ...shown.flatMap((entry) => oneEvidence(entry, pen)),
    ...(hidden > 0 ? [`  ${plural(hidden, 'more fact')}: -o wide`] : []),
  ];
}

function oneEvidence({ fact, source }: Evidence, pen: Pen): readonly string[] {
  const lines = wrap(fact, pen.width - 4).map((line, at) => (at === 0 ? `  - ${line}` : `    ${line}`));
  if (source === '') return lines;
  const last = lines.at(-1) ?? '';
  if (last.length + source.length + 4 <= pen.width) {
    return [...lines.slice(0, -1), `${last}  ${pen.paint.dim(`(${source})`)}`];
  }
  return [...lines, ...wrap(`(${source})`, pen.width, '    ').map((line) => pen.paint.dim(line))];
}

function fixLines(finding: Finding, pen: Pen): readonly string[] {
  const lines = finding.fixes.flatMap((fix) => oneFix(fix, pen));
  const more = pen.paint.dim(`Why, and what else to look at: ${pen.call} explain ${finding.code}`);
  const words = pen.wide ? [...lines, ...explainLines(finding, pen)] : [...lines, `  ${more}`];
  return lines.length === 0 ? (pen.wide ? explainLines(finding, pen) : [more]) : [pen.paint.bold('Fix'), ...words];
}

function explainLines(finding: Finding, pen: Pen): readonly string[] {
  return [pen.paint.bold('Why'), ...finding.explain.split('\n').flatMap((text) => wrap(text, pen.width, '  '))];
}

/** Commands stand on lines of their own and are never broken, so that they can be pasted. */
function oneFix(fix: Fix, pen: Pen): readonly string[] {
  return [
    ...wrap(`${fix.title} (${RISKS[fix.risk]})`, pen.width, '  '),
    ...commandLines(fix.command, pen),
    ...(fix.undo === undefined ? [] : ['  undo', ...commandLines(fix.undo, pen)]),
  ];
}

function commandLines(command: string, pen: Pen): readonly string[] {
  return command.split('\n').map((line) => `    ${pen.paint.command(line)}`);
}

function ladderLines(report: Report, pen: Pen): readonly string[] {
  if (report.ladder.length === 0) return [];
  const { ran, of } = report.coverage;
  const width = Math.max(...report.ladder.map((rung) => rung.name.length));
  return [
    `${pen.paint.bold('Checked')}  ${ran} of ${of}`,
    ...report.ladder.map((rung) =>
      `  ${pen.paint.mark(rung.result, MARKS[rung.result])} ${rung.name.padEnd(width)}  ${rung.note}`.trimEnd(),
    ),
  ];
}

function noteLines(report: Report, pen: Pen): readonly string[] {
  const shown = pen.wide ? report.findings : report.findings.slice(0, MAX_NOTES);
  if (shown.length === 0) return [];
  const hidden = report.findings.length - shown.length;
  return [
    pen.paint.bold('Notes'),
    ...shown.flatMap((note) => [
      ...wrap(`${note.summary}${tag(note)}`, pen.width - 4).map((line, at) =>
        at === 0 ? `  - ${line}` : `    ${line}`,
      ),
      ...(pen.wide
        ? note.evidence
            .flatMap((entry) => oneEvidence(entry, { ...pen, width: pen.width - 2 }))
            .map((line) => `  ${line}`)
        : []),
    ]),
    ...(hidden > 0 ? [`  ${plural(hidden, 'more note')}: -o wide`] : []),
  ];
}

function sectionLines(section: Section, pen: Pen): readonly string[] {
  const title = section.title === undefined ? [] : [pen.paint.bold(section.title)];
  if (section.type === 'text') return [...title, ...section.lines];
  if (section.type === 'hops') return [...title, ...section.hops.flatMap((hop) => hopLines(hop, pen))];
  return [...title, ...tableLines(section, pen.wide ? Number.POSITIVE_INFINITY : pen.tableWidth, pen.paint)];
}

function hopLines({ name, result, lines }: Hop, pen: Pen): readonly string[] {
  const start = `  ${MARKS[result]} ${name.padEnd(10)}  `;
  const wrapped = lines.flatMap((line) => wrap(line, pen.width, ' '.repeat(start.length)));
  return wrapped.map((line, at) =>
    at === 0 ? `  ${pen.paint.mark(result, MARKS[result])}${start.slice(3)}${line.trimStart()}` : line,
  );
}

function suppressedLines(report: Report, pen: Pen): readonly string[] {
  const all = report.suppressed ?? [];
  if (all.length === 0) return [];
  const names = all.map(({ code, subject, by }) => `${code} of ${subject.kind} ${subject.name} (${by})`);
  return [pen.paint.bold('Suppressed'), ...names.flatMap((name) => wrap(name, pen.width, '  '))];
}

function notCheckedLines(report: Report, pen: Pen): readonly string[] {
  if (report.notChecked.length === 0) return [];
  return [
    pen.paint.bold('Not checked'),
    ...report.notChecked.flatMap(({ check, reason }) =>
      wrap(`${check}: ${reason}`, pen.width - 4).map((line, at) =>
        at === 0 ? `  ${pen.paint.mark('unknown', MARKS.unknown)} ${line}` : `    ${line}`,
      ),
    ),
  ];
}

function sourceLines(report: Report, pen: Pen): readonly string[] {
  return wrap(`Facts: ${factsWords(report)}`, pen.width).map((line) => pen.paint.dim(line));
}
