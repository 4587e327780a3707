import { describe, expect, it } from 'vitest';
import { lastLogLines } from './last-log-lines.ts';

describe('lastLogLines', () => {
  it('gives the last three lines that say something', () => {
    expect(lastLogLines('a\nb\n\nc\r\nd\n\n')).toEqual(['b', 'c', 'd']);
    expect(lastLogLines('')).toEqual([]);
    expect(lastLogLines(undefined)).toEqual([]);
    expect(lastLogLines('unable to retrieve container logs for containerd://ba0c6019c8d8')).toEqual([]);
  });

  it('keeps a long line short and a terminal clean', () => {
    const [line = ''] = lastLogLines(`\u001b[31m${'x'.repeat(500)}\u0007`);
    expect(line.length).toBeLessThanOrEqual(160);
    expect(line).not.toContain('\u001b');
  });
});
