import { describe, expect, it } from 'vitest';
import { hideSecrets, lastLogLines } from './last-log-lines.ts';

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

describe('hideSecrets', () => {
  it.each([
    ['password=hunter2 rejected', 'password=*** rejected'],
    ['DB_PASSWORD: "hunter 2", retry', 'DB_PASSWORD: ***, retry'],
    ['{"apiKey":"abc123","user":"bob"}', '{"apiKey":***,"user":"bob"}'],
    ['postgres://app:hunter2@db:5432/shop', 'postgres://***@db:5432/shop'],
    ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer ***'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl was refused', 'token *** was refused'],
    ['connection refused: db:5432', 'connection refused: db:5432'],
  ])('%s', (line, shown) => {
    expect(hideSecrets(line)).toBe(shown);
  });
});
