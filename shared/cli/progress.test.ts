import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { startProgress } from './progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('progress', () => {
  it('is silent when the work is soon done', () => {
    const runtime = fakeRuntime({ columns: 80 });
    const progress = startProgress(runtime, 'Reading …');
    vi.advanceTimersByTime(399);
    progress.stop();
    vi.advanceTimersByTime(10_000);
    expect(runtime.written).toEqual({ stdout: '', stderr: '' });
  });

  it('is one line on standard error that goes away', () => {
    const runtime = fakeRuntime({ columns: 20 });
    const progress = startProgress(runtime, 'Reading cluster production …');
    vi.advanceTimersByTime(400);
    progress.say('Judging');
    progress.stop();
    expect(runtime.written).toEqual({
      stdout: '',
      stderr: '\r\u001b[KReading cluster pro\r\u001b[KJudging\r\u001b[K',
    });
  });

  it('is never written into a pipe', () => {
    const runtime = fakeRuntime();
    const progress = startProgress(runtime, 'Reading …');
    vi.advanceTimersByTime(5000);
    progress.stop();
    expect(runtime.written.stderr).toBe('');
  });
});
