import { describe, it } from 'vitest';
import { grid, policy } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { everyone, inAll, ns, OPEN, podIs } from '../testing/world.ts';

/** Nobody comes into x from outside it, nor from pod to pod within. */
const X_SHUT = `
  x/*   XXX ... ...
  yz/*  XXX ... ...`;

const A_SHUT = '* X.. ... ...';

describe('default deny', () => {
  const ingress = grid({ networkPolicies: [policy('x/deny', { podSelector: {}, policyTypes: ['Ingress'] })] });

  it('of ingress, TCP', () => expectReach(ingress, 'TCP 80, TCP 81', X_SHUT));

  it('of ingress, UDP', () => expectReach(ingress, 'UDP 80, UDP 81', X_SHUT));

  it('of ingress, SCTP', () => expectReach(ingress, 'SCTP 80, SCTP 81', X_SHUT));

  it('of ingress, with the podSelector left out', () => {
    expectReach(grid({ networkPolicies: [policy('x/deny', {})] }), 'TCP 80', X_SHUT);
  });

  it('of ingress and egress', () => {
    const deny = policy('x/deny', { podSelector: {}, policyTypes: ['Egress', 'Ingress'] });
    expectReach(
      grid({ networkPolicies: [deny] }),
      'TCP 80, UDP 80, SCTP 80',
      `x/*   XXX XXX XXX
       yz/*  XXX ... ...`,
    );
  });

  it('of egress for all pods of a namespace', () => {
    const deny = policy('x/deny', { podSelector: {}, policyTypes: ['Egress'] });
    expectReach(
      grid({ networkPolicies: [deny] }),
      'TCP 80, UDP 80',
      `x/*   XXX XXX XXX
       yz/*  ... ... ...`,
    );
  });

  it('of egress for pods that a podSelector means; they stay reachable', () => {
    const deny = policy('x/deny', { podSelector: podIs('a'), policyTypes: ['Egress'] });
    expectReach(
      grid({ networkPolicies: [deny] }),
      'TCP 80',
      `x/a   .XX XXX XXX
       x/bc  ... ... ...
       yz/*  ... ... ...`,
    );
  });
});

describe('allow all', () => {
  const allow = policy('x/allow', { podSelector: {}, ingress: [{}] });

  it('of ingress', () => expectReach(grid({ networkPolicies: [allow] }), 'TCP 80, UDP 80, SCTP 81', OPEN));

  it('of ingress wins over another policy that allows less', () => {
    const less = policy('x/less', { podSelector: podIs('a'), ingress: [{ from: [ns('y')] }] });
    const deny = policy('x/deny', { podSelector: {} });
    expectReach(grid({ networkPolicies: [less, deny, allow] }), 'TCP 80, TCP 81', OPEN);
    expectReach(grid({ networkPolicies: [allow, deny, less] }), 'TCP 80, TCP 81', OPEN);
  });

  it('of egress wins over another policy that allows less', () => {
    const wide = policy('x/wide', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] });
    const less = policy('x/less', {
      podSelector: podIs('a'),
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 80 }] }],
    });
    expectReach(
      grid({ networkPolicies: [less] }),
      'TCP 81',
      `x/a   .XX XXX XXX
       x/bc  ... ... ...
       yz/*  ... ... ...`,
    );
    expectReach(grid({ networkPolicies: [less, wide] }), 'TCP 81', OPEN);
  });
});

describe('the pods and directions that a policy is about', () => {
  it('are those of its podSelector: a rule for one pod leaves the others open', () => {
    const allow = policy('x/in', { podSelector: podIs('a'), ingress: [{ from: [{ podSelector: podIs('b') }] }] });
    expectReach(
      grid({ networkPolicies: [allow] }),
      'TCP 80',
      `x/b    ... ... ...
       x/ac   X.. ... ...
       yz/*   X.. ... ...`,
    );
  });

  it('are ingress alone when policyTypes is absent and there is no egress rule', () => {
    expectReach(grid({ networkPolicies: [policy('x/p', { podSelector: podIs('a') })] }), 'TCP 80', A_SHUT);
    expectReach(grid({ networkPolicies: [policy('x/p', { podSelector: podIs('a'), egress: [] })] }), 'TCP 80', A_SHUT);
  });

  it('are egress too when policyTypes is absent and there is an egress rule', () => {
    const both = policy('x/p', { podSelector: podIs('a'), ingress: [{}], egress: [{ ports: [{ port: 81 }] }] });
    expectReach(
      grid({ networkPolicies: [both] }),
      'TCP 80',
      `x/a   .XX XXX XXX
       x/bc  ... ... ...
       yz/*  ... ... ...`,
    );
    expectReach(grid({ networkPolicies: [both] }), 'TCP 81', OPEN);
  });

  it('are egress alone when policyTypes says so, whatever ingress rules stand there', () => {
    const out = policy('x/p', { podSelector: podIs('a'), policyTypes: ['Egress'], ingress: [], egress: [] });
    expectReach(
      grid({ networkPolicies: [out] }),
      'TCP 80',
      `x/a   .XX XXX XXX
       x/bc  ... ... ...
       yz/*  ... ... ...`,
    );
  });

  it('are both when one policy has rules for both', () => {
    const both = policy('x/p', {
      podSelector: podIs('a'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [inAll('b')] }],
      egress: [{ to: [inAll('c')] }],
    });
    expectReach(
      grid({ networkPolicies: [both] }),
      'TCP 80',
      `x/a    .X. XX. XX.
       x/b    ... ... ...
       x/c    X.. ... ...
       yz/ac  X.. ... ...
       yz/b   ... ... ...`,
    );
  });

  it('are told apart: the same podSelector for egress in one policy and ingress in another', () => {
    const into = policy('x/in', { podSelector: podIs('a'), ingress: [{ from: [inAll('b')] }] });
    const out = policy('x/out', { podSelector: podIs('a'), policyTypes: ['Egress'], egress: [{ to: [inAll('b')] }] });
    expectReach(
      grid({ networkPolicies: [into] }),
      'TCP 80',
      `xyz/b   ... ... ...
       xyz/ac  X.. ... ...`,
    );
    expectReach(
      grid({ networkPolicies: [out] }),
      'TCP 80',
      `x/a   ..X X.X X.X
       x/bc  ... ... ...
       yz/*  ... ... ...`,
    );
    expectReach(
      grid({ networkPolicies: [into, out] }),
      'TCP 80',
      `x/a    ..X X.X X.X
       x/b    ... ... ...
       x/c    X.. ... ...
       yz/b   ... ... ...
       yz/ac  X.. ... ...`,
    );
  });
});

describe('several policies', () => {
  it('for overlapping pods add up', () => {
    const fromY = policy('x/y', { podSelector: podIs('a'), ingress: [{ from: [ns('y')] }] });
    const fromZ = policy('x/z', { podSelector: {}, ingress: [{ from: [ns('z')] }] });
    expectReach(
      grid({ networkPolicies: [fromY, fromZ] }),
      'TCP 80',
      `x/*  XXX ... ...
       y/*  .XX ... ...
       z/*  ... ... ...`,
    );
  });

  it('add up port by port', () => {
    const at80 = policy('x/one', { podSelector: podIs('a'), ingress: [{ from: [ns('y')], ports: [{ port: 80 }] }] });
    const at81 = policy('x/two', { podSelector: podIs('a'), ingress: [{ from: [ns('y')], ports: [{ port: 81 }] }] });
    const yOnly = `
      xz/*  X.. ... ...
      y/*   ... ... ...`;
    expectReach(grid({ networkPolicies: [at80, at81] }), 'TCP 80, TCP 81', yOnly);
    expectReach(grid({ networkPolicies: [at80] }), 'TCP 80', yOnly);
    expectReach(grid({ networkPolicies: [at80] }), 'TCP 81, UDP 80', A_SHUT);
    expectReach(grid({ networkPolicies: [at80, at81] }), 'TCP 82, UDP 80', A_SHUT);
  });

  it('of sender and receiver must both allow: egress is denied though the server lets the sender in', () => {
    const allow = policy('y/in', { podSelector: podIs('b'), ingress: [{ from: [everyone] }] });
    const deny = policy('x/out', { podSelector: podIs('a'), policyTypes: ['Egress'] });
    expectReach(
      grid({ networkPolicies: [allow, deny] }),
      'TCP 80',
      `x/a   .XX XXX XXX
       x/bc  ... ... ...
       yz/*  ... ... ...`,
    );
  });

  it('of sender and receiver must both allow: a way is where the two meet', () => {
    const out = policy('x/out', { podSelector: podIs('a'), policyTypes: ['Egress'], egress: [{ to: [ns('z')] }] });
    const into = policy('z/in', { podSelector: podIs('a'), ingress: [{ from: [ns('y')] }] });
    expectReach(
      grid({ networkPolicies: [out, into] }),
      'TCP 80',
      `x/a   .XX XXX X..
       x/bc  ... ... X..
       y/*   ... ... ...
       z/*   ... ... X..`,
    );
  });

  it('stop when they are deleted', () => {
    const deny = policy('x/deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expectReach(
      grid({ networkPolicies: [deny] }),
      'TCP 80',
      `x/*   XXX XXX XXX
       yz/*  XXX ... ...`,
    );
    expectReach(grid({ networkPolicies: [] }), 'TCP 80, UDP 80, SCTP 80', OPEN);
  });
});
