import type { Finding, Fix } from '../messages/finding.ts';
import { formatRef } from '../model/refs.ts';
import { escapeMarkup } from './escape-markup.ts';
import { htmlPage } from './html-page.ts';
import { type Report, type Section, wordOf } from './report.ts';
import { factsWords, HOP_WORDS, kubectlCall, MARKS, RISKS } from './words.ts';

/** One page that needs nothing else: no script, no font, no picture from elsewhere; every text is escaped. */
export function formatHtml(report: Report): string {
  const word = wordOf(report);
  const title = word === '' ? report.headline : `${word}: ${report.headline}`;
  const listed = report.layout === 'list' || report.layout === 'answer';
  return htmlPage(title, STYLE, [
    '<main>',
    word === '' ? '' : `<p class="verdict ${report.verdict}">${escapeMarkup(word)}</p>`,
    `<h1>${escapeMarkup(report.headline)}</h1>`,
    `<p class="dim">${escapeMarkup(kubectlCall(report))}${report.target === undefined ? '' : `, ${escapeMarkup(formatRef(report.target))}`}, ${escapeMarkup(factsWords(report))}</p>`,
    ...(listed ? (report.sections ?? []).map(sectionHtml) : []),
    ...report.causes.map((cause, at) => causeHtml(cause, at === 0 && !listed)),
    ladderHtml(report),
    ...(listed ? [] : (report.sections ?? []).map(sectionHtml)),
    listHtml(
      'Notes',
      report.findings.map((note) => `${note.summary} [${note.code}]`),
    ),
    listHtml(
      'Not checked',
      report.notChecked.map(({ check, reason }) => `${check}: ${reason}`),
    ),
    listHtml(
      'Suppressed',
      (report.suppressed ?? []).map(({ code, subject, by }) => `${code} of ${formatRef(subject)} (${by})`),
    ),
    '</main>',
  ]);
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24;background:#fff}' +
  'h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2rem}pre{background:#f3f4f6;padding:.7rem;overflow-x:auto;border-radius:4px}' +
  'table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}' +
  '.dim{color:#59636e}.verdict{display:inline-block;font-weight:700;padding:.1rem .6rem;border-radius:4px;color:#fff;margin:0}' +
  '.broken{background:#b42318}.degraded{background:#9a6700}.healthy{background:#1a7f37}.unknown{background:#6e40c9}' +
  '@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{background:#161b22}.dim{color:#9198a1}}';

function causeHtml(cause: Finding, first: boolean): string {
  const title = first ? `${cause.code} ${cause.slug}` : cause.summary;
  return [
    '<section>',
    `<h2>${escapeMarkup(title)}</h2>`,
    `<p class="dim">${first ? '' : `${escapeMarkup(cause.code)}, `}${cause.severity}, ${cause.confidence}</p>`,
    cause.evidence.length === 0
      ? ''
      : `<ul>${cause.evidence.map(({ fact, source }) => `<li>${escapeMarkup(fact)}${source === '' ? '' : ` <span class="dim">${escapeMarkup(source)}</span>`}</li>`).join('')}</ul>`,
    ...cause.fixes.map(fixHtml),
    `<details><summary>Why, and what else to look at</summary>${cause.explain
      .split('\n')
      .map((paragraph) => `<p>${escapeMarkup(paragraph)}</p>`)
      .join('')}</details>`,
    '</section>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function fixHtml(fix: Fix): string {
  const undo = fix.undo === undefined ? '' : `<p>Undo</p><pre>${escapeMarkup(fix.undo)}</pre>`;
  return `<p>${escapeMarkup(fix.title)} <span class="dim">${RISKS[fix.risk]}</span></p><pre>${escapeMarkup(fix.command)}</pre>${undo}`;
}

function sectionHtml(section: Section): string {
  const title = section.title === undefined ? '' : `<h2>${escapeMarkup(section.title)}</h2>`;
  if (section.type === 'text') return `${title}<p>${section.lines.map(escapeMarkup).join('<br>')}</p>`;
  if (section.type === 'hops') {
    const rows = section.hops.map(({ name, result, lines }) => [
      `${MARKS[result]} ${HOP_WORDS[result]}`,
      name,
      lines.join('; '),
    ]);
    return title + tableHtml(['', 'Hop', 'What'], rows);
  }
  return title + tableHtml(section.head, section.rows);
}

function ladderHtml({ ladder, coverage }: Report): string {
  if (ladder.length === 0) return '';
  const rows = ladder.map(({ name, result, note }) => [`${MARKS[result]} ${HOP_WORDS[result]}`, name, note]);
  return `<h2>Checked: ${coverage.ran} of ${coverage.of}</h2>${tableHtml([], rows)}`;
}

function listHtml(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<h2>${title}</h2><ul>${lines.map((line) => `<li>${escapeMarkup(line)}</li>`).join('')}</ul>`;
}

function tableHtml(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${head.length === 0 ? '' : row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('\n')}</table>`;
}
