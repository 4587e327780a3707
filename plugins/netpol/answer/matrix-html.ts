import { escapeMarkup } from '../../../shared/report/escape-markup.ts';
import { htmlPage } from '../../../shared/report/html-page.ts';
import type { Report } from '../../../shared/report/report.ts';
import { sanitize } from '../../../shared/report/sanitize.ts';
import type { FoldedRow } from './fold-rows.ts';

/** One page that needs nothing else: the rows, and a field that filters them by any words in them. */
export function matrixHtml(report: Report, rows: readonly FoldedRow[]): string {
  const { headline, notChecked, source, takenAt } = sanitize(report);
  const data = sanitize(rows).map(({ from, ports, to }) => [from, ports, to]);
  return htmlPage(headline, STYLE, [
    `<h1>${escapeMarkup(headline)}</h1>`,
    `<p class="dim">${escapeMarkup([source, takenAt].filter((text) => text !== '').join(', '))}</p>`,
    ...notChecked.map(({ check, reason }) => `<p class="gap">? ${escapeMarkup(`${check}: ${reason}`)}</p>`),
    '<p><input id="q" type="search" placeholder="filter: words in any column, such as: web 8080" autofocus></p>',
    '<p id="n" class="dim"></p>',
    '<table><thead><tr><th>From</th><th>Ports</th><th>To</th></tr></thead><tbody id="t"></tbody></table>',
    // In a script element only "</" and "<!--" can end or change the text.
    `<script type="application/json" id="d">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`,
    `<script>${SCRIPT}</script>`,
  ]);
}

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#1b1f24;background:#fff}h1{font-size:1.2rem}' +
  'input{font:inherit;width:100%;max-width:40rem;padding:.4rem}table{border-collapse:collapse;width:100%}' +
  'td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top;border-top:1px solid #d0d7de}' +
  '.dim{color:#59636e}.gap{color:#6e40c9}' +
  '@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}td,th{border-color:#30363d}.dim{color:#9198a1}}';

/** Shows at most 500 rows: a page of hundred thousands would not open. */
const SCRIPT = `
const rows = JSON.parse(document.getElementById('d').textContent);
const q = document.getElementById('q'), t = document.getElementById('t'), n = document.getElementById('n');
function show() {
  const words = q.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const found = [];
  for (const [from, ports, to] of rows) {
    const base = (from + ' ' + ports).toLowerCase();
    const rest = words.filter((word) => !base.includes(word));
    const hits = to.filter((name) => rest.every((word) => name.toLowerCase().includes(word)));
    if (hits.length > 0) found.push([from, ports, hits.join(', ')]);
  }
  t.replaceChildren(...found.slice(0, 500).map((row) => {
    const line = document.createElement('tr');
    for (const text of row) line.appendChild(document.createElement('td')).textContent = text;
    return line;
  }));
  n.textContent = found.length + ' of ' + rows.length + ' rows' + (found.length > 500 ? ', the first 500 shown' : '');
}
q.addEventListener('input', show);
show();
`;
