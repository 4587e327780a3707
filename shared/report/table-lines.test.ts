import { describe, expect, it } from 'vitest';
import { createPaint } from './paint.ts';
import { tableLines } from './table-lines.ts';

const plain = createPaint(false);

describe('a table', () => {
  it('stands in columns without borders, the last one cut to the width', () => {
    const lines = tableLines(
      {
        type: 'table',
        head: ['NAME', 'CAUSE'],
        rows: [
          ['web', 'a b'.repeat(30)],
          ['payment-service', ''],
        ],
      },
      60,
      plain,
    );
    expect(lines).toEqual([
      'NAME             CAUSE',
      'web              a ba ba ba ba ba ba ba ba ba ba ba ba ba b…',
      'payment-service',
    ]);
  });

  it('says it shorter where a sentence has no room', () => {
    const table = {
      type: 'table',
      head: ['NAME', 'CAUSE'],
      rows: [['web', 'a long sentence']],
      short: ['short'],
    } as const;
    expect(tableLines(table, 50, plain)[1]).toBe('web   short');
    expect(tableLines(table, 100, plain)[1]).toBe('web   a long sentence');
  });

  it('keeps its columns over many rows, and is made quickly enough for thousands', () => {
    const rows = Array.from({ length: 1001 }, (_, at) => [`pod-${at}`, 'ready']);
    const lines = tableLines({ type: 'table', head: ['POD', 'STATE'], rows }, 80, plain);
    expect(lines.length).toBe(1002);
    expect(new Set(lines.map((line) => line.search(/STATE|ready/)))).toEqual(new Set([10]));
  });

  it('without rows is its head', () => {
    expect(tableLines({ type: 'table', head: ['POD', 'STATE'], rows: [] }, 80, plain)).toEqual(['POD  STATE']);
  });

  it('colours verdicts and keeps the columns', () => {
    const lines = tableLines(
      { type: 'table', head: ['A', 'VERDICT', 'B'], rows: [['x', 'BROKEN', 'y']] },
      80,
      createPaint(true),
    );
    expect(lines[1]?.replace(/\u001b\[[0-9;]*m/g, '')).toBe('x  BROKEN   y');
    expect(lines[1]).toContain('\u001b[');
  });
});
