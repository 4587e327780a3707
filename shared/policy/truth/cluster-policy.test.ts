import { describe, it } from 'vitest';
import type { AdminPeer, ClusterProtocol, ClusterRule } from '../rules/types.ts';
import { grid, policy } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { adminPolicy, clusterPolicy, OPEN, pods, space } from '../testing/world.ts';

const X_SHUT_FOR_Y = `
  xz/*  ... ... ...
  y/*   XXX ... ...`;

const X_OPEN_FOR_Y = `
  xz/*  XXX ... ...
  y/*   ... ... ...`;

const X_SHUT = '* XXX ... ...';

const at = (protocol: string, destinationPort: object): readonly ClusterProtocol[] => [
  { [protocol.toLowerCase()]: { destinationPort } },
];

describe.each(['Admin', 'Baseline'] as const)('ClusterNetworkPolicy, tier %s', (tier) => {
  const from = [space('y')];

  it.each(['TCP', 'UDP', 'SCTP'])('denies at a number, a range and a name of %s', (protocol) => {
    const by = (protocols: readonly ClusterProtocol[]) =>
      grid({
        clusterNetworkPolicies: [clusterPolicy('p', tier, 5, { ingress: [{ action: 'Deny', from, protocols }] })],
      });
    const [at80, at81] = [`${protocol} 80`, `${protocol} 81`];
    const number = by(at(protocol, { number: 80 }));
    const range = by(at(protocol, { range: { start: 79, end: 80 } }));
    const name = by([{ destinationNamedPort: `serve-80-${protocol.toLowerCase()}` }]);
    for (const facts of [number, range, name]) {
      expectReach(facts, at80, X_SHUT_FOR_Y);
      expectReach(facts, at81, OPEN);
    }
  });

  it('goes by the first rule that matches', () => {
    const rules: ClusterRule[] = [
      { action: 'Accept', from: [pods('y', 'a')] },
      { action: 'Deny', from },
    ];
    expectReach(
      grid({ clusterNetworkPolicies: [clusterPolicy('p', tier, 5, { ingress: rules })] }),
      'TCP 80',
      `xz/*  ... ... ...
       y/a   ... ... ...
       y/bc  XXX ... ...`,
    );
  });

  it('of the lower number comes first', () => {
    const deny = (priority: number) =>
      clusterPolicy('deny', tier, priority, { ingress: [{ action: 'Deny', from: [space()] }] });
    const accept = clusterPolicy('accept', tier, 50, { ingress: [{ action: 'Accept', from }] });
    expectReach(grid({ clusterNetworkPolicies: [deny(60), accept] }), 'TCP 80', X_OPEN_FOR_Y);
    expectReach(grid({ clusterNetworkPolicies: [deny(40), accept] }), 'TCP 80', X_SHUT);
  });

  it('passes over its own tier only', () => {
    const pass = clusterPolicy('pass', tier, 1, { ingress: [{ action: 'Pass', from }] });
    const deny = clusterPolicy('deny', tier, 2, { ingress: [{ action: 'Deny', from: [space()] }] });
    expectReach(grid({ clusterNetworkPolicies: [pass, deny] }), 'TCP 80', X_OPEN_FOR_Y);
  });

  it('of egress, to addresses, meets pods as well', () => {
    const egress: ClusterRule[] = [
      { action: 'Accept', to: [{ networks: ['10.2.2.1/32'] }] },
      { action: 'Deny', to: [{ networks: ['10.2.0.0/16'] }] },
    ];
    expectReach(
      grid({ clusterNetworkPolicies: [clusterPolicy('p', tier, 5, { egress })] }),
      'TCP 80',
      `x/*   ... X.X ...
       yz/*  ... ... ...`,
    );
  });

  it('fails closed at a peer that it does not know: Accept matches nothing, Deny and Pass deny all', () => {
    const strange = [{ brandNew: {} } as AdminPeer];
    const by = (action: string) =>
      grid({ clusterNetworkPolicies: [clusterPolicy('p', tier, 5, { ingress: [{ action, from: strange }] })] });
    expectReach(by('Accept'), 'TCP 80', OPEN);
    expectReach(by('Deny'), 'TCP 80, UDP 80', X_SHUT);
    expectReach(by('Pass'), 'TCP 80, UDP 80', X_SHUT);
  });
});

describe('the tiers of ClusterNetworkPolicy', () => {
  const accept = (tier: string) =>
    clusterPolicy('accept', tier, 5, { ingress: [{ action: 'Accept', from: [space('y')] }] });
  const deny = (tier: string) => clusterPolicy('deny', tier, 9, { ingress: [{ action: 'Deny', from: [space()] }] });

  it('stand before and after the NetworkPolicies: Admin is final', () => {
    const facts = { networkPolicies: [policy('x/deny', {})] };
    expectReach(grid({ ...facts, clusterNetworkPolicies: [accept('Admin')] }), 'TCP 80', X_OPEN_FOR_Y);
    expectReach(grid({ ...facts, clusterNetworkPolicies: [accept('Baseline')] }), 'TCP 80', X_SHUT);
  });

  it('stand before and after the NetworkPolicies: isolation is final for the baseline', () => {
    const open = policy('x/open', { ingress: [{}] });
    expectReach(grid({ networkPolicies: [open], clusterNetworkPolicies: [deny('Baseline')] }), 'TCP 80', OPEN);
    expectReach(grid({ networkPolicies: [open], clusterNetworkPolicies: [deny('Admin')] }), 'TCP 80', X_SHUT);
  });

  it('are asked in turn: what Admin passes and no NetworkPolicy selects, Baseline decides', () => {
    const pass = clusterPolicy('pass', 'Admin', 1, { ingress: [{ action: 'Pass', from: [space('y')] }] });
    expectReach(grid({ clusterNetworkPolicies: [pass, deny('Admin')] }), 'TCP 80', X_OPEN_FOR_Y);
    expectReach(grid({ clusterNetworkPolicies: [pass, deny('Admin'), deny('Baseline')] }), 'TCP 80', X_SHUT);
  });

  it('hold several baselines by priority', () => {
    expectReach(grid({ clusterNetworkPolicies: [deny('Baseline'), accept('Baseline')] }), 'TCP 80', X_OPEN_FOR_Y);
  });

  it('share the numbers of the Admin tier with AdminNetworkPolicies', () => {
    const older = adminPolicy('older', 7, { ingress: [{ action: 'Deny', from: [space()] }] });
    const facts = { adminNetworkPolicies: [older] };
    expectReach(grid({ ...facts, clusterNetworkPolicies: [accept('Admin')] }), 'TCP 80', X_OPEN_FOR_Y);
    const later = clusterPolicy('later', 'Admin', 8, { ingress: [{ action: 'Accept', from: [space('y')] }] });
    expectReach(grid({ ...facts, clusterNetworkPolicies: [later] }), 'TCP 80', X_SHUT);
  });
});
