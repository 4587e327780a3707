import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sleep } from './sleep.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('sleep', () => {
  const left = ({ signal }: AbortController): readonly number[] => [
    getEventListeners(signal, 'abort').length,
    vi.getTimerCount(),
  ];

  it('ends after its time and leaves nothing behind', async () => {
    const stop = new AbortController();
    let awake = false;
    const sleeping = sleep(2000, stop.signal).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(1999);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sleeping;
    expect(left(stop)).toEqual([0, 0]);
  });

  it('ends with the signal, at once when that has come before', async () => {
    const stop = new AbortController();
    const sleeping = sleep(60_000, stop.signal);
    stop.abort();
    await sleeping;
    await sleep(60_000, stop.signal);
    expect(left(stop)).toEqual([0, 0]);
  });
});
