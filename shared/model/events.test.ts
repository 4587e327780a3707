import { describe, expect, it } from 'vitest';
import { toClusterEvent } from './events.ts';
import type { KubeObject } from './objects.ts';

const pod = { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u1' };

describe('toClusterEvent', () => {
  it('reads an event of core/v1', () => {
    const event = toClusterEvent({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web-1.17', namespace: 'shop', creationTimestamp: '2026-03-01T10:00:00Z' },
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      involvedObject: pod,
      count: 12,
      firstTimestamp: '2026-03-01T10:00:00Z',
      lastTimestamp: '2026-03-01T10:05:00Z',
      eventTime: null,
      source: { component: 'kubelet', host: 'n1' },
      reportingComponent: 'kubelet',
    } as KubeObject);
    expect(event).toEqual({
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      object: pod,
      count: 12,
      firstSeen: '2026-03-01T10:00:00Z',
      lastSeen: '2026-03-01T10:05:00Z',
      source: 'kubelet',
    });
  });

  it('reads an event of events.k8s.io/v1 with a series', () => {
    const event = toClusterEvent({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'web-1.18', namespace: 'shop' },
      type: 'Warning',
      reason: 'FailedScheduling',
      note: '0/3 nodes are available',
      regarding: pod,
      eventTime: '2026-03-01T10:00:00.123456Z',
      series: { count: 7, lastObservedTime: '2026-03-01T11:00:00.000000Z' },
      reportingController: 'default-scheduler',
    } as KubeObject);
    expect(event).toMatchObject({
      message: '0/3 nodes are available',
      object: pod,
      count: 7,
      firstSeen: '2026-03-01T10:00:00.123456Z',
      lastSeen: '2026-03-01T11:00:00.000000Z',
      source: 'default-scheduler',
    });
  });

  it('reads the deprecated fields under which events.k8s.io/v1 shows old events', () => {
    const event = toClusterEvent({
      regarding: pod,
      eventTime: null,
      deprecatedCount: 3,
      deprecatedFirstTimestamp: '2026-03-01T10:00:00Z',
      deprecatedLastTimestamp: '2026-03-01T10:01:00Z',
      deprecatedSource: { component: 'kubelet' },
      reportingController: '',
    } as KubeObject);
    expect(event).toMatchObject({
      count: 3,
      firstSeen: '2026-03-01T10:00:00Z',
      lastSeen: '2026-03-01T10:01:00Z',
      source: 'kubelet',
      type: 'Normal',
    });
  });

  it('counts once and takes eventTime when a new writer left count and timestamps empty', () => {
    const event = toClusterEvent({
      involvedObject: pod,
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: '2026-03-01T10:00:00.5Z',
    } as KubeObject);
    expect(event).toMatchObject({
      count: 1,
      firstSeen: '2026-03-01T10:00:00.5Z',
      lastSeen: '2026-03-01T10:00:00.5Z',
    });
  });

  it('falls back to the creation time, and to nothing', () => {
    expect(
      toClusterEvent({ involvedObject: pod, metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } } as KubeObject),
    ).toMatchObject({ firstSeen: '2026-01-01T00:00:00Z', lastSeen: '2026-01-01T00:00:00Z' });
    expect(toClusterEvent({ involvedObject: pod } as KubeObject)).toMatchObject({ firstSeen: '', lastSeen: '' });
  });

  it('strips the mark of the aggregator and keeps it as a fact', () => {
    const event = toClusterEvent({
      involvedObject: pod,
      message: '(combined from similar events): Back-off restarting failed container',
    } as KubeObject);
    expect(event).toMatchObject({ message: 'Back-off restarting failed container', combined: true });
  });

  it('passes over what is about nothing', () => {
    expect(toClusterEvent({ kind: 'Event', metadata: { name: 'x' } })).toBeUndefined();
    expect(toClusterEvent({ kind: 'Event', involvedObject: null } as KubeObject)).toBeUndefined();
  });
});
