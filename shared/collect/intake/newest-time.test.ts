import { describe, expect, it } from 'vitest';
import { addTimes, newestTime } from './newest-time.ts';

function newestOf(...objects: readonly Record<string, unknown>[]): string | undefined {
  const newest = newestTime();
  for (const object of objects) addTimes(object, newest);
  return newest.get();
}

describe('newestTime', () => {
  it('finds the newest of several forms', () => {
    const newest = newestTime();
    for (const time of [
      '2026-01-01T10:00:00Z',
      '2026-01-01T10:00:00.500000Z',
      '2026-01-01T09:00:00Z',
      'soon',
      null,
      5,
    ]) {
      newest.add(time);
    }
    expect(newest.get()).toBe('2026-01-01T10:00:00.500Z');
    newest.add('2026-01-01T12:30:00+02:00');
    expect(newest.get()).toBe('2026-01-01T10:30:00.000Z');
  });

  it('is undefined without any time', () => expect(newestOf({ metadata: {} }, {})).toBeUndefined());
});

describe('addTimes', () => {
  it.each([
    ['creation', { metadata: { creationTimestamp: '2026-01-02T00:00:00Z' } }],
    ['a field manager', { metadata: { managedFields: [{ time: '2026-01-02T00:00:00Z' }] } }],
    ['a condition', { status: { conditions: [{ lastHeartbeatTime: '2026-01-02T00:00:00Z' }] } }],
    ['an event', { lastTimestamp: '2026-01-02T00:00:00Z', firstTimestamp: '2026-01-01T00:00:00Z' }],
    ['an event series', { series: { lastObservedTime: '2026-01-02T00:00:00Z' } }],
    ['a lease', { spec: { renewTime: '2026-01-02T00:00:00Z' } }],
    ['a container', { status: { containerStatuses: [{ state: { running: { startedAt: '2026-01-02T00:00:00Z' } } }] } }],
    [
      'an exit',
      { status: { initContainerStatuses: [{ lastState: { terminated: { finishedAt: '2026-01-02T00:00:00Z' } } }] } },
    ],
    ['metrics', { timestamp: '2026-01-02T00:00:00Z' }],
  ])('sees the time of %s', (_, object) => expect(newestOf(object)).toBe('2026-01-02T00:00:00.000Z'));

  it('passes over times that lie ahead by design', () => {
    expect(
      newestOf({ metadata: { creationTimestamp: '2026-01-01T00:00:00Z', deletionTimestamp: '2026-01-01T01:00:00Z' } }),
    ).toBe('2026-01-01T00:00:00.000Z');
  });
});
