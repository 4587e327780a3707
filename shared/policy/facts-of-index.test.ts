import { describe, expect, it } from 'vitest';
import { createIndex } from '../model/cluster-index.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { evaluate } from './evaluate/evaluate.ts';
import { policyFactsOf } from './facts-of-index.ts';
import { buildPolicyModel } from './model.ts';
import { namespace, pod } from './testing/cluster.ts';

function snapshot(objects: Snapshot['objects'], coverage: Snapshot['coverage']): Snapshot {
  return {
    takenAt: '2026-01-01T00:00:00Z',
    source: { type: 'snapshot', name: 'test' },
    objects,
    coverage,
    logs: [],
    tools: [],
    problems: [],
  };
}

describe('policyFactsOf', () => {
  const [a, b] = [pod('x/a'), pod('x/b')];
  const objects = { Pod: [a, b], Namespace: [namespace('x')] };
  const answer = (of: Snapshot) =>
    evaluate(
      buildPolicyModel(policyFactsOf(createIndex(of))),
      { type: 'pod', pod: a },
      { type: 'pod', pod: b },
      { protocol: 'TCP', port: 80 },
    );

  it('is sure when policies were listed', () => {
    expect(answer(snapshot(objects, [{ kind: 'NetworkPolicy', namespace: '*', status: 'ok' }])).answer).toBe('yes');
  });

  it('depends when the list was refused, and for pods of a cluster of which nobody asked', () => {
    const refused = snapshot(objects, [
      { kind: 'NetworkPolicy', namespace: 'x', status: 'forbidden', reason: 'forbidden: list networkpolicies' },
    ]);
    expect(answer(refused)).toMatchObject({
      answer: 'depends',
      reasons: [
        { code: 'notJudged', reason: 'forbidden: list networkpolicies', pod: { name: 'a' } },
        { pod: { name: 'b' } },
      ],
    });
    expect(answer(snapshot(objects, [])).answer).toBe('depends');
  });

  it('takes manifests for all there is', () => {
    const bare = [a, b].map(({ metadata, spec }) => ({ ...(metadata ? { metadata } : {}), ...(spec ? { spec } : {}) }));
    const facts = policyFactsOf(createIndex(snapshot({ ...objects, Pod: bare }, [])));
    expect(facts.unseen).toEqual([]);
  });

  it('gives Calico policies a kind, which objects of a list can lack', () => {
    const facts = policyFactsOf(
      createIndex(snapshot({ CalicoNetworkPolicy: [{ metadata: { namespace: 'x', name: 'p' } }] }, [])),
    );
    expect(facts.otherPolicies).toMatchObject([{ apiVersion: 'crd.projectcalico.org/v1', kind: 'NetworkPolicy' }]);
  });

  it('takes templates of workloads that nobody owns, when asked', () => {
    const owned = {
      metadata: {
        namespace: 'x',
        name: 'web-1',
        ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
      },
    };
    const index = createIndex(
      snapshot({ Deployment: [{ metadata: { namespace: 'x', name: 'web' } }], ReplicaSet: [owned] }, []),
    );
    expect(policyFactsOf(index).workloads).toBeUndefined();
    expect(policyFactsOf(index, { templates: true }).workloads?.map(({ kind }) => kind)).toEqual(['Deployment']);
  });

  it('names a workload by the topmost owner that was read', () => {
    const one = pod('x/web-1-a', { 'pod-template-hash': '1' });
    const owned = {
      ...one,
      metadata: { ...one.metadata, ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1', controller: true }] },
    };
    const set = {
      metadata: {
        namespace: 'x',
        name: 'web-1',
        ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
      },
    };
    const nameIn = (objects: Snapshot['objects']) =>
      policyFactsOf(createIndex(snapshot(objects, []))).workloadOf?.(owned);
    expect(nameIn({ Pod: [owned] })).toEqual({ kind: 'ReplicaSet', namespace: 'x', name: 'web-1' });
    expect(nameIn({ Pod: [owned], ReplicaSet: [set] })).toEqual({ kind: 'Deployment', namespace: 'x', name: 'web' });
    const deployment = { metadata: { namespace: 'x', name: 'web' } };
    expect(nameIn({ Pod: [owned], Deployment: [deployment] })).toEqual({
      kind: 'Deployment',
      namespace: 'x',
      name: 'web',
    });
    expect(policyFactsOf(createIndex(snapshot({ Pod: [one] }, []))).workloadOf?.(one)).toEqual({
      kind: 'Pod',
      namespace: 'x',
      name: 'web-1-a',
    });
  });
});
