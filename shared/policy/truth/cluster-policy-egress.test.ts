import { describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate/evaluate.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import type { Protocol } from '../rules/port-set.ts';
import type { ClusterProtocol, ClusterRule } from '../rules/types.ts';
import { at, grid, node, pod, policy } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { clusterPolicy, OPEN, pods, space } from '../testing/world.ts';

const NOTHING_TO_Y = `
  x/*   ... XXX ...
  yz/*  ... ... ...`;

/** Namespace x sends by these rules. */
const by = (tier: string, rules: readonly ClusterRule[], more: Partial<PolicyFacts> = {}): PolicyFacts =>
  grid({ ...more, clusterNetworkPolicies: [clusterPolicy('p', tier, 5, { egress: rules })] });

/** What becomes of x/a to an address outside. */
const outside = (facts: PolicyFacts, cidr: string, protocol: Protocol = 'TCP', port = 80): string =>
  evaluate(buildPolicyModel(facts), at(facts, 'x/a'), { type: 'address', cidr }, { protocol, port }).answer;

describe.each(['Admin', 'Baseline'])('ClusterNetworkPolicy, egress, tier %s', (tier) => {
  const to = [space('y')];

  describe.each(['TCP', 'UDP', 'SCTP'] as const)('%s', (protocol) => {
    const others = (['TCP', 'UDP', 'SCTP'] as const).filter((other) => other !== protocol);
    const only = (destinationPort: object): readonly ClusterProtocol[] => [
      { [protocol.toLowerCase()]: { destinationPort } },
    ];
    const all = (port: number): string => others.map((other) => `${other} ${port}`).join(', ');

    it('denies at a number, and leaves other ports and other protocols', () => {
      const facts = by(tier, [{ action: 'Deny', to, protocols: only({ number: 80 }) }]);
      expectReach(facts, `${protocol} 80`, NOTHING_TO_Y);
      expectReach(facts, `${protocol} 79, ${protocol} 81, ${all(80)}`, OPEN);
    });

    it('denies at a range, both ends with it', () => {
      const facts = by(tier, [{ action: 'Deny', to, protocols: only({ range: { start: 80, end: 90 } }) }]);
      expectReach(facts, `${protocol} 80, ${protocol} 85, ${protocol} 90`, NOTHING_TO_Y);
      expectReach(facts, `${protocol} 79, ${protocol} 91, ${all(85)}`, OPEN);
    });

    it('denies at the port that the receiver calls so, and no other', () => {
      const name = { destinationNamedPort: `serve-80-${protocol.toLowerCase()}` };
      const facts = by(tier, [{ action: 'Deny', to, protocols: [name] }]);
      expectReach(facts, `${protocol} 80`, NOTHING_TO_Y);
      expectReach(facts, `${protocol} 81, ${all(80)}`, OPEN);
    });

    it('accepts a port before it denies the rest', () => {
      const rules: ClusterRule[] = [
        { action: 'Accept', to: [pods('y', 'b')], protocols: only({ number: 80 }) },
        { action: 'Deny', to },
      ];
      expectReach(
        by(tier, rules),
        `${protocol} 80`,
        `x/*   ... X.X ...
         yz/*  ... ... ...`,
      );
      expectReach(by(tier, rules), `${protocol} 81, ${all(80)}`, NOTHING_TO_Y);
    });

    it('denies networks at a port, pods in them and addresses outside alike', () => {
      const rules: ClusterRule[] = [
        { action: 'Deny', to: [{ networks: ['10.2.0.0/16', '203.0.113.0/24'] }], protocols: only({ number: 80 }) },
      ];
      const facts = by(tier, rules);
      expectReach(facts, `${protocol} 80`, NOTHING_TO_Y);
      expectReach(facts, `${protocol} 81, ${all(80)}`, OPEN);
      expect(outside(facts, '203.0.113.7', protocol, 80)).toBe('no');
      expect(outside(facts, '203.0.113.7', protocol, 81)).toBe('yes');
      expect(outside(facts, '198.51.100.7', protocol, 80)).toBe('yes');
    });
  });

  it('counts several protocols of one rule as alternatives', () => {
    const protocols = [{ tcp: { destinationPort: { number: 80 } } }, { udp: { destinationPort: { number: 81 } } }];
    const facts = by(tier, [{ action: 'Deny', to, protocols }]);
    expectReach(facts, 'TCP 80, UDP 81', NOTHING_TO_Y);
    expectReach(facts, 'TCP 81, UDP 80, SCTP 80', OPEN);
  });

  it('denies everywhere, pods too, by 0.0.0.0/0, unless pods are accepted before', () => {
    const nowhere: ClusterRule = { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] };
    expectReach(
      by(tier, [nowhere]),
      'TCP 80, UDP 80',
      `x/*   XXX XXX XXX
       yz/*  ... ... ...`,
    );
    const podsFirst = by(tier, [{ action: 'Accept', to: [space()] }, nowhere]);
    expectReach(podsFirst, 'TCP 80, UDP 80', OPEN);
    expect(outside(podsFirst, '203.0.113.7')).toBe('no');
    expect(outside(podsFirst, '2001:db8::7')).toBe('yes');
  });

  it('denies nodes, and host-networked pods by the address of their node', () => {
    const facts = by(tier, [{ action: 'Deny', to: [{ nodes: { matchLabels: { role: 'db' } } }] }], {
      nodes: [node('n', ['192.168.0.1'], { role: 'db' }), node('m', ['192.168.0.2'])],
    });
    const host = (name: string, on: string, ip: string) => pod(`z/${name}`, {}, { hostNetwork: true, node: on, ip });
    expectReach(
      { ...facts, pods: [...facts.pods, host('h', 'n', '192.168.0.1'), host('i', 'm', '192.168.0.2')] },
      'TCP 80',
      `x/*   ... ... ...X.
       yz/*  ... ... .....`,
    );
    expect(outside(facts, '192.168.0.1')).toBe('no');
    expect(outside(facts, '192.168.0.2')).toBe('yes');
  });

  it('accepts names outside, of whose addresses nobody knows, and no pod by them', () => {
    const named: ClusterRule = { action: 'Accept', to: [{ domainNames: ['*.example.com'] }] };
    const rest: ClusterRule = { action: 'Deny', to: [{ networks: ['0.0.0.0/0', '::/0'] }] };
    const facts = by(tier, [named, rest]);
    expect(outside(facts, '203.0.113.7')).toBe('depends');
    expect(outside(by(tier, [rest]), '203.0.113.7')).toBe('no');
    expectReach(
      facts,
      'TCP 80',
      `x/*   XXX XXX XXX
       yz/*  ... ... ...`,
    );
  });

  it('does not hold host-networked pods for pods of their namespace', () => {
    const facts = by(tier, [{ action: 'Deny', to: [space('z')] }]);
    const host = pod('z/h', { pod: 'h' }, { hostNetwork: true, node: 'n', ip: '192.168.0.1' });
    expectReach(
      { ...facts, pods: [...facts.pods, host] },
      'TCP 80',
      `x/*   ... ... XXX.
       yz/*  ... ... ....`,
    );
  });

  it('leaves traffic from outside alone: no peer of ingress means an address', () => {
    const shut = grid({
      clusterNetworkPolicies: [clusterPolicy('p', tier, 5, { ingress: [{ action: 'Deny', from: [space()] }] })],
    });
    const model = buildPolicyModel(shut);
    const question = { protocol: 'TCP', port: 80 } as const;
    expect(evaluate(model, { type: 'address', cidr: '203.0.113.7' }, at(shut, 'x/a'), question).answer).toBe('yes');
    expect(evaluate(model, at(shut, 'y/a'), at(shut, 'x/a'), question).answer).toBe('no');
  });
});

describe('ClusterNetworkPolicy, egress, between the tiers', () => {
  const shut = policy('x/deny', { policyTypes: ['Egress'] });
  const accept = (tier: string): PolicyFacts =>
    by(tier, [{ action: 'Accept', to: [space('y')] }], { networkPolicies: [shut] });

  it('Admin accepts what a NetworkPolicy would deny, Baseline is not reached', () => {
    expectReach(
      accept('Admin'),
      'TCP 80, UDP 80, SCTP 80',
      `x/*   XXX ... XXX
       yz/*  ... ... ...`,
    );
    expectReach(
      accept('Baseline'),
      'TCP 80, UDP 80, SCTP 80',
      `x/*   XXX XXX XXX
       yz/*  ... ... ...`,
    );
  });

  it('what is sent still has to be let in', () => {
    const facts = by('Admin', [{ action: 'Accept', to: [space('y')] }], { networkPolicies: [policy('y/deny', {})] });
    expectReach(facts, 'TCP 80', `* ... XXX ...`);
  });
});
