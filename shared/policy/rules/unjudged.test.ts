import { describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate/evaluate.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import { at, grid, policy } from '../testing/cluster.ts';

describe('policies that nobody here can judge', () => {
  const cluster = (policies: PolicyFacts['otherPolicies'] & object): PolicyFacts => grid({ otherPolicies: policies });
  const answers = (facts: PolicyFacts) =>
    ['x/a', 'x/b', 'y/a'].map(
      (to) => evaluate(buildPolicyModel(facts), at(facts, 'z/a'), at(facts, to), { protocol: 'TCP', port: 80 }).answer,
    );
  const calico = 'projectcalico.org/v3';

  it.each([
    [
      'a Calico policy concerns its namespace',
      [{ apiVersion: calico, kind: 'NetworkPolicy', metadata: { namespace: 'x', name: 'p' }, spec: {} }],
      ['depends', 'depends', 'yes'],
    ],
    [
      '… and there its selector',
      [
        {
          apiVersion: calico,
          kind: 'NetworkPolicy',
          metadata: { namespace: 'x', name: 'p' },
          spec: { selector: "pod == 'a' && !has(tier)" },
        },
      ],
      ['depends', 'yes', 'yes'],
    ],
    [
      'a selector with alternatives is not read: all pods',
      [
        {
          apiVersion: calico,
          kind: 'NetworkPolicy',
          metadata: { namespace: 'x', name: 'p' },
          spec: { selector: "pod == 'a' || pod == 'q'" },
        },
      ],
      ['depends', 'depends', 'yes'],
    ],
    [
      'a global one all pods that its selectors mean',
      [
        {
          apiVersion: calico,
          kind: 'GlobalNetworkPolicy',
          metadata: { name: 'p' },
          spec: { selector: "pod in {'a', 'q'}", namespaceSelector: "ns == 'x'" },
        },
      ],
      ['depends', 'yes', 'yes'],
    ],
    [
      'egress only',
      [
        {
          apiVersion: calico,
          kind: 'GlobalNetworkPolicy',
          metadata: { name: 'p' },
          spec: { types: ['Egress'], selector: "ns == 'x'" },
        },
      ],
      ['yes', 'yes', 'yes'],
    ],
    [
      'mirrors of judged policies are not counted',
      [{ apiVersion: calico, kind: 'NetworkPolicy', metadata: { namespace: 'x', name: 'knp.default.web' }, spec: {} }],
      ['yes', 'yes', 'yes'],
    ],
    [
      'a Cilium policy',
      [
        {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumNetworkPolicy',
          metadata: { namespace: 'x', name: 'p' },
          spec: { endpointSelector: { matchLabels: { 'k8s:pod': 'a' } }, ingress: [] },
        },
      ],
      ['depends', 'yes', 'yes'],
    ],
    [
      'a clusterwide one with a namespace among the labels',
      [
        {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumClusterwideNetworkPolicy',
          metadata: { name: 'p' },
          spec: { endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'y' } }, ingressDeny: [{}] },
        },
      ],
      ['yes', 'yes', 'depends'],
    ],
    [
      'a host policy concerns no pods',
      [
        {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumClusterwideNetworkPolicy',
          metadata: { name: 'p' },
          spec: { nodeSelector: {}, ingress: [] },
        },
      ],
      ['yes', 'yes', 'yes'],
    ],
    [
      'other kinds',
      [{ apiVersion: 'example.com/v1', kind: 'NetworkPolicy', metadata: { namespace: 'x', name: 'p' } }],
      ['yes', 'yes', 'yes'],
    ],
  ])('%s', (_, policies, wanted) => {
    expect(answers(cluster(policies))).toEqual(wanted);
  });

  it('says which policy was not judged, even where a NetworkPolicy denies', () => {
    const other = { apiVersion: calico, kind: 'NetworkPolicy', metadata: { namespace: 'x', name: 'p' }, spec: {} };
    const facts = grid({ otherPolicies: [other], networkPolicies: [policy('x/deny', {})] });
    expect(
      evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 }),
    ).toMatchObject({
      answer: 'depends',
      reasons: [
        {
          code: 'notJudged',
          why: 'family',
          reason: 'Calico',
          policies: [{ kind: 'NetworkPolicy.projectcalico.org', namespace: 'x', name: 'p' }],
        },
      ],
    });
  });

  it('never calls pods open whose NetworkPolicies could not be read', () => {
    const facts = grid({
      unseen: [{ kind: 'NetworkPolicy', namespace: 'x', reason: 'forbidden: list networkpolicies' }],
    });
    expect(
      evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 }),
    ).toMatchObject({
      answer: 'depends',
      reasons: [{ code: 'notJudged', why: 'notSeen', reason: 'forbidden: list networkpolicies' }],
    });
    expect(
      evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'z/a'), { protocol: 'TCP', port: 80 }).answer,
    ).toBe('yes');
  });

  it('says nothing of cluster-wide kinds that a namespace user can never read', () => {
    const facts = grid({ unseen: [{ kind: 'AdminNetworkPolicy', namespace: '*', reason: 'forbidden' }] });
    expect(
      evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 }).answer,
    ).toBe('yes');
  });
});
