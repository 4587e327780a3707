import { describe, expect, it } from 'vitest';
import { createIndex } from '../../shared/model/cluster-index.ts';
import { deployment, networkPolicy, pod, snapshotOf } from '../../shared/testing/builders.ts';
import { CNI_NAMES, enforcementIn, policyModelIn } from './policy-facts.ts';
import { placesOf } from './words/places.ts';

describe('enforcement', () => {
  it('takes the word of whoever names the plugin', () => {
    const index = createIndex(snapshotOf([]));
    expect(CNI_NAMES).toContain('ovn-kubernetes');
    expect(enforcementIn(index, 'flannel')).toMatchObject({ enforced: 'no', by: 'Flannel' });
    expect(enforcementIn(index, 'cilium')).toMatchObject({ enforced: 'yes', by: 'Cilium' });
    expect(enforcementIn(index, 'none').enforced).toBe('no');
    expect(enforcementIn(index).enforced).toBe('unknown');
  });
});

describe('stand-ins', () => {
  it('stand for workloads that were only written, not for one that is scaled to nothing', () => {
    const idle = deployment('idle', { app: 'idle' }, { replicas: 0 });
    const written = { ...deployment('written'), metadata: { name: 'written', namespace: 'shop' }, status: {} };
    const model = policyModelIn(createIndex(snapshotOf([pod('web-1'), idle, written])));
    expect(model.pods.map(({ metadata }) => metadata?.name)).toEqual(['web-1', 'written']);
  });
});

describe('places', () => {
  it('are known for objects from files', () => {
    const origins = { 'NetworkPolicy/shop/deny': 'shop.yaml:7' };
    const places = placesOf(createIndex({ ...snapshotOf([networkPolicy('deny', {})]), origins }));
    const ref = { kind: 'NetworkPolicy', namespace: 'shop', name: 'deny' };
    expect(places.rule(ref, 'ingress', 0)).toBe('shop.yaml:7');
    expect(places.policy({ ...ref, name: 'other' })).toBeUndefined();
  });
});
