import { describe, expect, it } from 'vitest';
import { ruleLinesOf } from './rule-lines.ts';

const POLICY = `# who may
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector: {}
  ingress:
  - from:
    - podSelector: {}
  # a comment
  - ports:
    - port: 80

  egress:
    - to: []
    - {}
  policyTypes:
  - Ingress
`;

describe('the lines of rules', () => {
  it('are those of the items below ingress and egress, whatever their indentation', () => {
    expect(ruleLinesOf(POLICY, 1)).toEqual([
      ['podSelector', 7],
      ['ingress', 8],
      ['ingress/0', 9],
      ['ingress/1', 12],
      ['egress', 15],
      ['egress/0', 16],
      ['egress/1', 17],
      ['policyTypes', 18],
    ]);
    expect(ruleLinesOf(POLICY, 101)[2]).toEqual(['ingress/0', 109]);
  });

  it('are those of the fields where rules stand in flow form', () => {
    const flow = 'kind: NetworkPolicy\nspec:\n  podSelector: {}\n  ingress: [{}]\n';
    expect(ruleLinesOf(flow, 1)).toEqual([
      ['podSelector', 3],
      ['ingress', 4],
    ]);
  });

  it('are found in an item of a list', () => {
    const item = POLICY.split('\n')
      .slice(1, -1)
      .map((line, at) => `${at === 0 ? '- ' : '  '}${line}`)
      .join('\n');
    expect(ruleLinesOf(item, 1).flatMap(([rule]) => (rule.includes('/') ? [rule] : []))).toEqual([
      'ingress/0',
      'ingress/1',
      'egress/0',
      'egress/1',
    ]);
  });

  it('are not looked for in other kinds, nor guessed in the flow form', () => {
    expect(ruleLinesOf(POLICY.replace('NetworkPolicy', 'Ingress'), 1)).toEqual([]);
    expect(ruleLinesOf('kind: NetworkPolicy\nspec: {ingress: [{}]}\n', 1)).toEqual([]);
  });
});
