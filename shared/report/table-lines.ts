import Table from 'cli-table3';
import { shorten } from '../util/text.ts';
import type { Paint } from './paint.ts';
import type { Section, Verdict } from './report.ts';

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

const GAP = 2;
const MIN_LAST = 30;
const ROOM_FOR_A_SENTENCE = 50;
/** cli-table3 takes time by the square of the rows, 3 s for 5,000; beyond so many they are only filled up with spaces. */
const MOST = 100;

/** Rows in columns without borders, as kubectl prints them. The last column is cut so that a line fits the width. */
export function tableLines(table: Extract<Section, { type: 'table' }>, width: number, paint: Paint): readonly string[] {
  const last = table.head.length - 1;
  const left = widthsOf(table.head.slice(0, -1), table.rows);
  // Names are never cut, because they are typed again; a cause keeps enough room to be understood.
  const room = Math.max(MIN_LAST, width - left.reduce((sum, column) => sum + column + GAP, 0));
  const rows = table.rows.map((row, line) => {
    const short = room < ROOM_FOR_A_SENTENCE ? table.short?.[line] : undefined;
    return row.map((cell, at) => (at === last ? cut(short ?? cell, room) : cell));
  });
  const colWidths = widthsOf(table.head, rows).map((column) => column + GAP);
  const first = new Table({
    head: [...table.head],
    colWidths,
    chars: NO_BORDERS,
    // cli-table3 colours its head and borders even into a pipe unless told not to.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  for (const row of rows.slice(0, MOST)) first.push(row.map((cell) => paintCell(cell, paint)));
  const rest = rows
    .slice(MOST)
    .map((row) =>
      row.map((cell, at) => paintCell(cell, paint) + ' '.repeat((colWidths[at] ?? cell.length) - cell.length)).join(''),
    );
  return [...first.toString().split('\n'), ...rest].map((line) => line.trimEnd());
}

function cut(cell: string, room: number): string {
  return Number.isFinite(room) ? shorten(cell, room) : cell;
}

/** The widest cell of each column that has a title. */
function widthsOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly number[] {
  return head.map((title, at) => {
    let widest = title.length;
    for (const row of rows) widest = Math.max(widest, row[at]?.length ?? 0);
    return widest;
  });
}

const VERDICTS: readonly string[] = ['BROKEN', 'DEGRADED', 'HEALTHY', 'UNKNOWN'];

function paintCell(cell: string, paint: Paint): string {
  if (VERDICTS.includes(cell)) return paint.verdict(cell.toLowerCase() as Verdict, cell);
  if (cell === '✓') return paint.mark('pass', cell);
  if (cell === '✗') return paint.mark('fail', cell);
  if (cell === '!') return paint.mark('warn', cell);
  return cell;
}
