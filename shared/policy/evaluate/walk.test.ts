import { describe, expect, it } from 'vitest';
import { buildPolicyModel, isolating } from '../model.ts';
import { at, grid, namespace, policy } from '../testing/cluster.ts';
import { evaluate } from './evaluate.ts';

const podA = { matchLabels: { pod: 'a' } };
const question = { protocol: 'TCP', port: 80 } as const;

describe('the walk through the policies', () => {
  it('names the rule that let traffic in, after those that were tried', () => {
    const facts = grid({
      networkPolicies: [
        policy('x/web', {
          podSelector: podA,
          ingress: [
            { from: [{ podSelector: {} }] },
            { from: [{ namespaceSelector: { matchLabels: { ns: 'y' } } }], ports: [{ port: 81 }] },
            { from: [{ namespaceSelector: { matchLabels: { ns: 'y' } } }], ports: [{ port: 'serve-80-tcp' }] },
          ],
        }),
      ],
    });
    const { ingress, egress } = evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), question);
    expect(egress).toEqual({
      direction: 'egress',
      answer: 'yes',
      subject: { kind: 'Pod', namespace: 'y', name: 'a' },
      decision: { by: 'default' },
      tiers: [],
    });
    expect(ingress.decision).toEqual({
      by: 'rule',
      action: 'allow',
      policy: { kind: 'NetworkPolicy', namespace: 'x', name: 'web' },
      rule: { index: 2 },
    });
    expect(ingress.tiers).toHaveLength(1);
    expect(ingress.tiers[0]).toMatchObject({
      tier: 'networkPolicy',
      outcome: 'allow',
      policies: [
        {
          selects: 'yes',
          rules: [
            {
              index: 0,
              matched: 'no',
              peers: [{ misses: [{ what: 'otherNamespace', wanted: 'x', found: 'y' }] }],
              ports: { matched: true },
            },
            {
              index: 1,
              matched: 'no',
              peers: [{ matched: 'yes', misses: [] }],
              ports: { matched: false, text: 'TCP 81' },
            },
            {
              index: 2,
              matched: 'yes',
              ports: { matched: true, text: 'TCP 80', named: [{ name: 'serve-80-tcp', numbers: [80] }] },
            },
          ],
        },
      ],
    });
  });

  it('tells a denial label by label: missing, different, and forbidden', () => {
    const facts = grid({
      namespaces: [namespace('x'), namespace('y', { team: 'web' }), namespace('z')],
      networkPolicies: [
        policy('x/db', {
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { team: 'data' } },
                  podSelector: {
                    matchExpressions: [
                      { key: 'pod', operator: 'NotIn', values: ['a'] },
                      { key: 'tier', operator: 'Exists' },
                    ],
                  },
                },
              ],
            },
          ],
        }),
      ],
    });
    const miss = (from: string) => {
      const { ingress } = evaluate(buildPolicyModel(facts), at(facts, from), at(facts, 'x/a'), question);
      const rule = ingress.tiers[0]?.policies[0]?.rules[0];
      expect(ingress.decision).toEqual({
        by: 'isolation',
        policies: [{ kind: 'NetworkPolicy', namespace: 'x', name: 'db' }],
      });
      return rule?.peers === 'any' ? [] : (rule?.peers[0]?.misses ?? []);
    };
    expect(miss('y/a')).toEqual([
      { what: 'namespaceLabel', namespace: 'y', key: 'team', operator: 'In', values: ['data'], found: 'web' },
      {
        what: 'podLabel',
        pod: { kind: 'Pod', namespace: 'y', name: 'a' },
        key: 'pod',
        operator: 'NotIn',
        values: ['a'],
        found: 'a',
      },
      {
        what: 'podLabel',
        pod: { kind: 'Pod', namespace: 'y', name: 'a' },
        key: 'tier',
        operator: 'Exists',
        values: [],
        found: undefined,
      },
    ]);
    expect(miss('z/b')[0]).toEqual({
      what: 'namespaceLabel',
      namespace: 'z',
      key: 'team',
      operator: 'In',
      values: ['data'],
      found: undefined,
    });
  });

  it('tells addresses: outside the block, in an exception', () => {
    const facts = grid({
      networkPolicies: [
        policy('x/in', { ingress: [{ from: [{ ipBlock: { cidr: '10.2.0.0/16', except: ['10.2.2.0/24'] } }] }] }),
      ],
    });
    const misses = (cidr: string) => {
      const { ingress } = evaluate(buildPolicyModel(facts), { type: 'address', cidr }, at(facts, 'x/a'), question);
      const rule = ingress.tiers[0]?.policies[0]?.rules[0];
      return rule?.peers === 'any' ? [] : rule?.peers[0]?.misses;
    };
    expect(misses('8.8.8.8')).toEqual([{ what: 'outsideBlock', cidr: '10.2.0.0/16', addresses: ['8.8.8.8'] }]);
    expect(misses('10.2.2.99')).toEqual([
      { what: 'inExcept', cidr: '10.2.0.0/16', except: '10.2.2.0/24', addresses: ['10.2.2.99'] },
    ]);
    expect(misses('10.2.2.1')).toEqual([
      { what: 'inExcept', cidr: '10.2.0.0/16', except: '10.2.2.0/24', addresses: ['10.2.2.1'] },
    ]);
  });

  it('goes tier by tier and stops where one decided', () => {
    const facts = grid({
      adminNetworkPolicies: [
        {
          metadata: { name: 'gate' },
          spec: {
            priority: 3,
            subject: { namespaces: { matchLabels: { ns: 'x' } } },
            ingress: [{ name: 'let-y-ask', action: 'Pass', from: [{ namespaces: { matchLabels: { ns: 'y' } } }] }],
          },
        },
      ],
      networkPolicies: [policy('x/deny', { podSelector: podA })],
      baselineAdminNetworkPolicies: [
        {
          metadata: { name: 'default' },
          spec: { subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] },
        },
      ],
    });
    const model = buildPolicyModel(facts);
    const closed = evaluate(model, at(facts, 'y/a'), at(facts, 'x/a'), question).ingress;
    expect(closed.tiers.map(({ tier, outcome }) => [tier, outcome])).toEqual([
      ['admin', 'next'],
      ['networkPolicy', 'deny'],
    ]);
    expect(closed.tiers[0]?.policies[0]?.rules[0]).toMatchObject({
      index: 0,
      name: 'let-y-ask',
      action: 'pass',
      matched: 'yes',
    });
    const baseline = evaluate(model, at(facts, 'y/a'), at(facts, 'x/b'), question).ingress;
    expect(baseline.tiers.map(({ tier }) => tier)).toEqual(['admin', 'baseline']);
    expect(baseline.decision).toMatchObject({
      by: 'rule',
      action: 'deny',
      policy: { kind: 'BaselineAdminNetworkPolicy', name: 'default' },
      rule: { index: 0 },
    });
  });

  it('shows both sides when both deny', () => {
    const facts = grid({
      networkPolicies: [policy('y/out', { policyTypes: ['Egress'] }), policy('x/in', { policyTypes: ['Ingress'] })],
    });
    const verdict = evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), question);
    expect([verdict.egress.answer, verdict.ingress.answer, verdict.answer]).toEqual(['no', 'no', 'no']);
  });

  it('gives no doubt of one side when the other denies for sure', () => {
    const facts = grid({
      unseen: [{ kind: 'NetworkPolicy', namespace: 'y', reason: 'forbidden' }],
      networkPolicies: [policy('x/in', { policyTypes: ['Ingress'] })],
    });
    const verdict = evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), question);
    expect(verdict).toMatchObject({ answer: 'no', reasons: [], egress: { answer: 'depends' } });
  });
});

describe('isolating', () => {
  it('lists the policies that select a pod for a direction', () => {
    const facts = grid({
      networkPolicies: [
        policy('x/in', { podSelector: podA }),
        policy('x/out', { podSelector: podA, policyTypes: ['Egress'] }),
        policy('x/other', { podSelector: { matchLabels: { pod: 'b' } } }),
        policy('y/in', {}),
      ],
    });
    const model = buildPolicyModel(facts);
    const [a] = facts.pods;
    if (a === undefined) throw new Error('no pod');
    expect(isolating(model, a, 'ingress').map(({ policy: { ref } }) => ref.name)).toEqual(['in']);
    expect(isolating(model, a, 'egress').map(({ policy: { ref } }) => ref.name)).toEqual(['out']);
  });
});
