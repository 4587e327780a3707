import { describe, expect, it } from 'vitest';
import type { Coverage, Snapshot } from './snapshot.ts';
import { seen } from './snapshot.ts';

function snapshotWith(coverage: readonly Coverage[]): Snapshot {
  return {
    takenAt: '2026-03-01T12:00:00Z',
    source: { type: 'snapshot', name: 'test' },
    objects: {},
    coverage,
    logs: [],
    tools: [],
    problems: [],
  };
}

describe('seen', () => {
  it('lets a granted list of the namespace outweigh a refused list of the cluster', () => {
    const snapshot = snapshotWith([
      { kind: 'Pod', namespace: '*', status: 'forbidden', reason: 'forbidden: list pods' },
      { kind: 'Pod', namespace: 'shop', status: 'ok' },
    ]);
    expect(seen(snapshot, 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(snapshot, 'Pod', 'other')).toMatchObject({ status: 'forbidden', reason: 'forbidden: list pods' });
  });

  it('takes an object that was asked for by name as read, whether or not it exists, and no other', () => {
    const snapshot = snapshotWith([{ kind: 'Secret', namespace: 'shop', status: 'ok', subset: 'name=shop-tls' }]);
    expect(seen(snapshot, 'Secret', 'shop', 'shop-tls')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(snapshot, 'Secret', 'shop', 'other').status).toBe('notCollected');
    expect(seen(snapshot, 'Secret', 'shop').whole).toBe(false);
  });

  it('prefers the refusal of that object over having read another one', () => {
    const snapshot = snapshotWith([
      { kind: 'Secret', namespace: 'shop', status: 'ok', subset: 'name=a' },
      { kind: 'Secret', namespace: 'shop', status: 'forbidden', reason: 'forbidden: get secrets', subset: 'name=b' },
    ]);
    expect(seen(snapshot, 'Secret', 'shop', 'b')).toMatchObject({ status: 'forbidden' });
  });
});
