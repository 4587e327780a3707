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

/** Rows in columns without borders, as kubectl prints them. The last column is cut so that a line fits the width. */
export function tableLines(table: Extract<Section, { type: 'table' }>, width: number, paint: Paint): readonly string[] {
  // Names are never cut, because they are typed again; a cause keeps enough room to be understood.
  const room = Math.max(MIN_LAST, width - leftWidth(table.head, table.rows));
  const last = table.head.length - 1;
  const grid = new Table({
    head: [...table.head],
    chars: NO_BORDERS,
    // cli-table3 colours its head and borders even into a pipe unless told not to.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  table.rows.forEach((row, line) => {
    const short = room < ROOM_FOR_A_SENTENCE ? table.short?.[line] : undefined;
    grid.push(row.map((cell, at) => paintCell(at === last ? cut(short ?? cell, room) : cell, paint)));
  });
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

function cut(cell: string, room: number): string {
  return Number.isFinite(room) ? shorten(cell, room) : cell;
}

/** The columns that all cells but the last of each row take. */
function leftWidth(head: readonly string[], rows: readonly (readonly string[])[]): number {
  return head
    .slice(0, -1)
    .reduce((sum, title, at) => sum + Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)) + GAP, 0);
}

const VERDICTS: readonly string[] = ['BROKEN', 'DEGRADED', 'HEALTHY', 'UNKNOWN'];

function paintCell(cell: string, paint: Paint): string {
  if (VERDICTS.includes(cell)) return paint.verdict(cell.toLowerCase() as Verdict, cell);
  if (cell === '✓') return paint.mark('pass', cell);
  if (cell === '✗') return paint.mark('fail', cell);
  if (cell === '!') return paint.mark('warn', cell);
  return cell;
}
