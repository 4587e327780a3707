import { isAllPorts, subtractPorts } from '../../../shared/policy/rules/port-set.ts';
import { escapeMarkup } from '../../../shared/report/escape-markup.ts';
import { sanitizeText } from '../../../shared/report/sanitize.ts';
import { portWords } from '../words/ports.ts';
import { endWords } from './end-values.ts';
import type { Graph } from './graph.ts';
import type { MatrixAnswer } from './matrix-rows.ts';

const FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="12"';
const CELL = 18;
const LETTER = 6.6;

/** The graph as a picture: ends on a circle, so that no arrow hides an end. */
export function graphSvg({ nodes, edges }: Graph): string {
  const count = Math.max(1, nodes.length);
  const longest = widthOf(nodes.map(({ label }) => label));
  const radius = Math.max(120, (count * 26) / (2 * Math.PI));
  const [width, height] = [Math.ceil(2 * (radius + longest + 20)), Math.ceil(2 * (radius + 40))];
  const middle = width / 2;
  const place = (at: number, r: number): readonly [number, number] => {
    const angle = (2 * Math.PI * at) / count - Math.PI / 2;
    return [round(middle + r * Math.cos(angle)), round(height / 2 + r * Math.sin(angle))];
  };
  const arrows = edges.map(({ from, to, label, sure }) => {
    const [x1, y1] = place(from, radius - 8);
    const [x2, y2] = place(to, radius - 8);
    const text = `${nodes[from]?.label ?? ''} to ${nodes[to]?.label ?? ''}: ${label}`;
    // Bent towards the middle: the two directions of a pair do not cover each other.
    const [cx, cy] = [round((x1 + x2) / 2 + (y2 - y1) * 0.1), round((y1 + y2) / 2 - (x2 - x1) * 0.1)];
    return `<path d="M${x1} ${y1}Q${cx} ${cy} ${x2} ${y2}" class="${sure ? 'sure' : 'maybe'}" marker-end="url(#a)"><title>${safe(text)}</title></path>`;
  });
  const names = nodes.map(({ label }, at) => {
    const [x, y] = place(at, radius);
    const [tx, ty] = place(at, radius + 8);
    const anchor = Math.abs(tx - middle) < 1 ? 'middle' : tx < middle ? 'end' : 'start';
    // Above the topmost end and below the lowest one, beside the others.
    const down = anchor !== 'middle' ? 4 : ty < height / 2 ? -2 : 10;
    return `<circle cx="${x}" cy="${y}" r="4"/>${nameText(label, `x="${tx}" y="${round(ty + down)}" text-anchor="${anchor}"`)}`;
  });
  return svg(width, height, [
    '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" fill="#57606a"/></marker></defs>',
    ...arrows,
    ...names,
  ]);
}

/** The matrix as a picture: who from the left, whom on top; the ports of a field stand in its title. */
export function matrixSvg(answer: MatrixAnswer): string {
  const labels = answer.ends.map(endWords);
  const margin = Math.ceil(widthOf(labels)) + 10;
  const cells: string[] = [];
  const names = labels.map((label, at) => {
    const middle = margin + at * CELL + CELL / 2;
    const row = nameText(label, `x="${margin - 6}" y="${middle + 4}" text-anchor="end"`);
    return row + nameText(label, `transform="translate(${middle + 4} ${margin - 6}) rotate(-90)"`);
  });
  for (let from = 0; from < labels.length; from++) {
    for (const { to, allowed, depends } of answer.rowsFrom(from)) {
      const kind = allowed.length === 0 ? 'maybe' : isAllPorts(allowed) ? 'all' : 'some';
      const ports =
        allowed.length === 0 ? `depends: ${portWords(subtractPorts(depends, allowed))}` : portWords(allowed);
      const title = `${labels[from] ?? ''} to ${labels[to] ?? ''}: ${ports}`;
      cells.push(
        `<rect x="${margin + to * CELL + 1}" y="${margin + from * CELL + 1}" width="${CELL - 2}" height="${CELL - 2}" class="f ${kind}"><title>${safe(title)}</title></rect>`,
      );
    }
  }
  const side = margin + labels.length * CELL + 10;
  const legend = ['all', 'some', 'maybe'].map(
    (kind, at) =>
      `<rect x="${10 + at * 110}" y="${side + 4}" width="12" height="12" class="f ${kind}"/><text x="${26 + at * 110}" y="${side + 14}">${LEGEND[at] ?? ''}</text>`,
  );
  return svg(Math.max(side, 350), side + 24, [...names, ...cells, ...legend]);
}

const LEGEND = ['every port', 'some ports', 'depends'];

const STYLE =
  '.all{fill:#1a7f37}.some{fill:#54aeff}rect.maybe{fill:#d4a72c}path{fill:none;stroke:#57606a;stroke-opacity:.6}' +
  'path.maybe{stroke-dasharray:4 3}text{fill:#1f2328}circle{fill:#0969da}';

function svg(width: number, height: number, body: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${FONT}>`;
  const paper = `<rect width="${width}" height="${height}" fill="#fff"/>`;
  return `${[head, `<style>${STYLE}</style>`, paper, ...body, '</svg>'].join('\n')}\n`;
}

/** Letters of a name that are drawn; all of it stands in its title. */
const MOST_LETTERS = 40;

function nameText(label: string, place: string): string {
  if (label.length <= MOST_LETTERS) return `<text ${place}>${safe(label)}</text>`;
  return `<text ${place}>${safe(`${label.slice(0, MOST_LETTERS - 1)}…`)}<title>${safe(label)}</title></text>`;
}

function widthOf(labels: readonly string[]): number {
  return Math.min(MOST_LETTERS, Math.max(10, ...labels.map((label) => label.length))) * LETTER;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function safe(text: string): string {
  return escapeMarkup(sanitizeText(text));
}
