import { describe, expect, it } from 'vitest';
import { report } from '../../testing/reports.ts';
import type { CommandResult } from '../command.ts';
import { fingerprint } from './fingerprint.ts';

describe('the fingerprint of a result', () => {
  const pieces = (...list: readonly (string | Uint8Array)[]): CommandResult => ({ type: 'pieces', pieces: list });
  const value = (given: unknown): CommandResult => ({ type: 'value', value: given, text: '' });

  it.each<[CommandResult, CommandResult]>([
    [
      { type: 'text', text: 'seen 3m ago' },
      { type: 'text', text: 'seen 4m ago' },
    ],
    [value({ takenAt: '2026-03-01T12:00:00Z', a: 1 }), value({ takenAt: '2026-03-01T12:00:02Z', a: 1 })],
    [pieces('{"age":"3s"}', new TextEncoder().encode('x')), pieces('{"age":"5s"}', 'x')],
    [
      { type: 'report', report: report() },
      { type: 'report', report: report({ takenAt: '2026-03-01T12:00:02Z' }) },
    ],
  ])('%# stays', (before, now) => {
    expect(fingerprint(now)).toBe(fingerprint(before));
  });

  it.each<[CommandResult, CommandResult]>([
    [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
    [value({ a: 1 }), value({ a: 2 })],
    [pieces('a', 'b'), pieces('a', 'c')],
    [
      { type: 'report', report: report() },
      { type: 'report', report: report({ verdict: 'healthy' }) },
    ],
  ])('%# changes', (before, now) => {
    expect(fingerprint(now)).not.toBe(fingerprint(before));
  });
});
