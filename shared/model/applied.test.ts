import { describe, expect, it } from 'vitest';
import { isApplied } from './applied.ts';
import type { KubeObject } from './objects.ts';

describe('isApplied', () => {
  it('is false for a manifest, also with the empty fields that generators leave', () => {
    expect(isApplied({ kind: 'Service', metadata: { name: 'web' } })).toBe(false);
    const generated = {
      kind: 'Deployment',
      metadata: { name: 'web', creationTimestamp: null },
      status: { loadBalancer: {}, replicas: 0 },
    };
    expect(isApplied(generated as unknown as KubeObject)).toBe(false);
  });

  it('is true for anything a server has stored', () => {
    expect(isApplied({ metadata: { uid: 'u' } })).toBe(true);
    expect(isApplied({ metadata: { resourceVersion: '1' } })).toBe(true);
    expect(isApplied({ metadata: { name: 'x' }, status: { phase: 'Running' } } as KubeObject)).toBe(true);
  });
});
