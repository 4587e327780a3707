import { describe, it } from 'vitest';
import type { AdminPort, AdminRule } from '../rules/types.ts';
import { grid, node, pod, policy } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { adminPolicy, baseline, OPEN, pods, space } from '../testing/world.ts';

const X_SHUT_FOR_Y = `
  xz/*  ... ... ...
  y/*   XXX ... ...`;

const NOTHING_TO_Y = `
  x/*   ... XXX ...
  yz/*  ... ... ...`;

const number = (protocol: string, port: number): readonly AdminPort[] => [{ portNumber: { protocol, port } }];

describe.each(['TCP', 'UDP', 'SCTP'])('AdminNetworkPolicy, ingress, %s', (protocol) => {
  const [at80, at81] = [`${protocol} 80`, `${protocol} 81`];
  const from = [space('y')];

  it('denies a namespace', () => {
    const deny = adminPolicy('p', 5, { ingress: [{ action: 'Deny', from }] });
    expectReach(grid({ adminNetworkPolicies: [deny] }), `${at80}, ${at81}`, X_SHUT_FOR_Y);
  });

  it('denies at one port and leaves the others', () => {
    const deny = adminPolicy('p', 5, { ingress: [{ action: 'Deny', from, ports: number(protocol, 80) }] });
    expectReach(grid({ adminNetworkPolicies: [deny] }), at80, X_SHUT_FOR_Y);
    expectReach(grid({ adminNetworkPolicies: [deny] }), at81, OPEN);
  });

  it('goes by the first rule that matches, whatever follows', () => {
    const rules: AdminRule[] = [
      { action: 'Allow', from, ports: number(protocol, 80) },
      { action: 'Deny', from },
      { action: 'Allow', from },
    ];
    expectReach(grid({ adminNetworkPolicies: [adminPolicy('p', 5, { ingress: rules })] }), at80, OPEN);
    expectReach(grid({ adminNetworkPolicies: [adminPolicy('p', 5, { ingress: rules })] }), at81, X_SHUT_FOR_Y);
  });

  it('allows what a NetworkPolicy denies', () => {
    const allow = adminPolicy('p', 5, { ingress: [{ action: 'Allow', from, ports: number(protocol, 80) }] });
    const facts = grid({ adminNetworkPolicies: [allow], networkPolicies: [policy('x/deny', {})] });
    expectReach(
      facts,
      at80,
      `xz/*  XXX ... ...
       y/*   ... ... ...`,
    );
    expectReach(facts, at81, '* XXX ... ...');
  });

  it('passes to the NetworkPolicies, and past its own later rules', () => {
    const rules: AdminRule[] = [
      { action: 'Pass', from, ports: number(protocol, 80) },
      { action: 'Deny', from },
    ];
    const pass = adminPolicy('p', 5, { ingress: rules });
    expectReach(grid({ adminNetworkPolicies: [pass] }), at80, OPEN);
    expectReach(grid({ adminNetworkPolicies: [pass] }), at81, X_SHUT_FOR_Y);
    const both = grid({ adminNetworkPolicies: [pass], networkPolicies: [policy('x/deny', {})] });
    expectReach(both, `${at80}, ${at81}`, '* XXX ... ...');
  });
});

describe.each(['TCP', 'UDP', 'SCTP'])('AdminNetworkPolicy, egress, %s', (protocol) => {
  const [at80, at81] = [`${protocol} 80`, `${protocol} 81`];
  const to = [space('y')];

  it('denies a namespace, at a range of ports', () => {
    const ports = [{ portRange: { protocol, start: 80, end: 81 } }];
    const deny = adminPolicy('p', 5, { egress: [{ action: 'Deny', to, ports }] });
    expectReach(grid({ adminNetworkPolicies: [deny] }), `${at80}, ${at81}`, NOTHING_TO_Y);
    expectReach(grid({ adminNetworkPolicies: [deny] }), `${protocol} 79, ${protocol} 82`, OPEN);
  });

  it('denies at the port that the receiver calls so', () => {
    const ports = [{ namedPort: `serve-80-${protocol.toLowerCase()}` }];
    const deny = adminPolicy('p', 5, { egress: [{ action: 'Deny', to, ports }] });
    expectReach(grid({ adminNetworkPolicies: [deny] }), at80, NOTHING_TO_Y);
    expectReach(grid({ adminNetworkPolicies: [deny] }), at81, OPEN);
  });

  it('goes by the first rule that matches', () => {
    const rules: AdminRule[] = [
      { action: 'Deny', to: [pods('y', 'b')], ports: number(protocol, 80) },
      { action: 'Allow', to },
      { action: 'Deny', to: [space()] },
    ];
    const facts = grid({ adminNetworkPolicies: [adminPolicy('p', 5, { egress: rules })] });
    expectReach(
      facts,
      at80,
      `x/*   XXX .X. XXX
       yz/*  ... ... ...`,
    );
    expectReach(
      facts,
      at81,
      `x/*   XXX ... XXX
       yz/*  ... ... ...`,
    );
  });

  it('allows what a NetworkPolicy denies, and passes what another then decides', () => {
    const none = policy('x/deny', { policyTypes: ['Egress'] });
    const allow = adminPolicy('p', 5, { egress: [{ action: 'Allow', to }] });
    const pass = adminPolicy('p', 5, { egress: [{ action: 'Pass', to }] });
    const open = `
      x/*   XXX ... XXX
      yz/*  ... ... ...`;
    const shut = `
      x/*   XXX XXX XXX
      yz/*  ... ... ...`;
    expectReach(grid({ adminNetworkPolicies: [allow], networkPolicies: [none] }), at80, open);
    expectReach(grid({ adminNetworkPolicies: [pass], networkPolicies: [none] }), at80, shut);
  });
});

describe('AdminNetworkPolicy', () => {
  it('judges both directions in one policy', () => {
    const both = adminPolicy('p', 5, {
      ingress: [{ action: 'Deny', from: [pods('z', 'c')] }],
      egress: [{ action: 'Deny', to: [pods('y', 'a')] }],
    });
    expectReach(
      grid({ adminNetworkPolicies: [both] }),
      'TCP 80, UDP 80',
      `x/*   ... X.. ...
       y/*   ... ... ...
       z/ab  ... ... ...
       z/c   XXX ... ...`,
    );
  });

  it('is about the pods of its subject, of all namespaces that it means', () => {
    const subject = { pods: { namespaceSelector: {}, podSelector: { matchLabels: { pod: 'a' } } } };
    const deny = adminPolicy('p', 5, { ingress: [{ action: 'Deny', from: [space('y')] }] }, subject);
    expectReach(
      grid({ adminNetworkPolicies: [deny] }),
      'TCP 80',
      `xz/*  ... ... ...
       y/*   X.. X.. X..`,
    );
  });

  it('of the lower number comes first', () => {
    const deny = (priority: number) =>
      adminPolicy('deny', priority, { ingress: [{ action: 'Deny', from: [space()] }] });
    const allow = adminPolicy('allow', 50, { ingress: [{ action: 'Allow', from: [space('y')] }] });
    expectReach(grid({ adminNetworkPolicies: [deny(60), allow] }), 'TCP 80', `xz/* XXX ... ...\n y/* ... ... ...`);
    expectReach(grid({ adminNetworkPolicies: [deny(40), allow] }), 'TCP 80', '* XXX ... ...');
  });

  it('of the same number that contradict each other leave it open', () => {
    const deny = adminPolicy('deny', 50, { ingress: [{ action: 'Deny', from: [space()] }] });
    const allow = adminPolicy('allow', 50, { ingress: [{ action: 'Allow', from: [space('y')] }] });
    expectReach(grid({ adminNetworkPolicies: [deny, allow] }), 'TCP 80', `xz/* XXX ... ...\n y/* ??? ... ...`);
  });

  it('reads networks as addresses of pods as well', () => {
    const rules: AdminRule[] = [
      { action: 'Allow', to: [{ networks: ['10.2.2.0/24', '10.3.0.0/16'] }] },
      { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
    ];
    expectReach(
      grid({ adminNetworkPolicies: [adminPolicy('p', 5, { egress: rules })] }),
      'TCP 80, UDP 80',
      `x/*   XXX X.X ...
       yz/*  ... ... ...`,
    );
  });

  it('reads nodes as the nodes themselves and never as the pods on them', () => {
    const facts = grid({
      nodes: [node('n', ['192.168.0.1'], { role: 'db' })],
      adminNetworkPolicies: [
        adminPolicy('p', 5, { egress: [{ action: 'Deny', to: [{ nodes: { matchLabels: { role: 'db' } } }] }] }),
      ],
    });
    const host = pod('z/h', {}, { hostNetwork: true, node: 'n', ip: '192.168.0.1' });
    expectReach(
      { ...facts, pods: [...facts.pods, host] },
      'TCP 80',
      `x/*   ... ... ...X
       yz/*  ... ... ....`,
    );
  });
});

describe('BaselineAdminNetworkPolicy', () => {
  const deny = baseline({ ingress: [{ action: 'Deny', from: [space()] }] });

  it.each(['TCP', 'UDP', 'SCTP'])('denies where nothing else speaks, %s', (protocol) => {
    expectReach(grid({ baselineAdminNetworkPolicies: [deny] }), `${protocol} 80`, '* XXX ... ...');
    const out = baseline({ egress: [{ action: 'Deny', to: [space('y')], ports: number(protocol, 80) }] });
    expectReach(grid({ baselineAdminNetworkPolicies: [out] }), `${protocol} 80`, NOTHING_TO_Y);
    expectReach(grid({ baselineAdminNetworkPolicies: [out] }), `${protocol} 81`, OPEN);
  });

  it('goes by its first rule that matches', () => {
    const rules: AdminRule[] = [
      { action: 'Allow', from: [pods('y', 'a')] },
      { action: 'Deny', from: [space('y')] },
      { action: 'Allow', from: [space('y')] },
    ];
    expectReach(
      grid({ baselineAdminNetworkPolicies: [baseline({ ingress: rules })] }),
      'TCP 80',
      `xz/*  ... ... ...
       y/a   ... ... ...
       y/bc  XXX ... ...`,
    );
  });

  it('is not reached where a NetworkPolicy selects the pod', () => {
    const open = policy('x/open', {
      podSelector: { matchLabels: { pod: 'a' } },
      ingress: [{ from: [{ podSelector: {} }] }],
    });
    expectReach(
      grid({ baselineAdminNetworkPolicies: [deny], networkPolicies: [open] }),
      'TCP 80',
      `x/*   .XX ... ...
       yz/*  XXX ... ...`,
    );
  });

  it('is not reached where an AdminNetworkPolicy allows, and is where that passes', () => {
    const by = (action: string) => adminPolicy('p', 5, { ingress: [{ action, from: [space('y')] }] });
    const open = `
      xz/*  XXX ... ...
      y/*   ... ... ...`;
    expectReach(grid({ adminNetworkPolicies: [by('Allow')], baselineAdminNetworkPolicies: [deny] }), 'TCP 80', open);
    const passed = grid({ adminNetworkPolicies: [by('Pass')], baselineAdminNetworkPolicies: [deny] });
    expectReach(passed, 'TCP 80', '* XXX ... ...');
  });

  it('comes last of three: deny, then pass to a NetworkPolicy, then to the baseline', () => {
    const admin = adminPolicy('p', 5, {
      ingress: [
        { action: 'Deny', from: [space('y')] },
        { action: 'Pass', from: [space('z')] },
      ],
    });
    const fromZ = policy('x/in', {
      podSelector: { matchLabels: { pod: 'a' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns: 'z' } } }] }],
    });
    const all = { adminNetworkPolicies: [admin], baselineAdminNetworkPolicies: [deny] };
    expectReach(grid({ ...all, baselineAdminNetworkPolicies: [] }), 'TCP 80', X_SHUT_FOR_Y);
    expectReach(
      grid({ ...all, networkPolicies: [fromZ] }),
      'TCP 80',
      `xy/*  XXX ... ...
       z/*   .XX ... ...`,
    );
    expectReach(grid(all), 'TCP 80', '* XXX ... ...');
  });
});
