import { describe, it } from 'vitest';
import type { NetworkPolicyPort } from '../../model/objects-network.ts';
import type { PolicyFacts } from '../model.ts';
import { grid, policy } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { everyone, ns, OPEN, podIs } from '../testing/world.ts';

const A_SHUT = '* X.. ... ...';

/** x/a takes from everybody on these ports only. */
function into(...ports: readonly NetworkPolicyPort[]): PolicyFacts {
  return grid({ networkPolicies: [policy('x/in', { podSelector: podIs('a'), ingress: [{ ports }] })] });
}

/** x/a sends to everybody on these ports only. */
function out(...ports: readonly NetworkPolicyPort[]): PolicyFacts {
  const egress = [{ to: [everyone], ports }];
  return grid({ networkPolicies: [policy('x/out', { podSelector: podIs('a'), policyTypes: ['Egress'], egress })] });
}

const A_SENDS_NOTHING = `
  x/a   .XX XXX XXX
  x/bc  ... ... ...
  yz/*  ... ... ...`;

describe('numbers', () => {
  it('open their port only, TCP', () => {
    expectReach(into({ protocol: 'TCP', port: 81 }), 'TCP 81', OPEN);
    expectReach(into({ protocol: 'TCP', port: 81 }), 'TCP 80, UDP 81, SCTP 81', A_SHUT);
  });

  it('open their port only, UDP', () => {
    expectReach(into({ protocol: 'UDP', port: 80 }), 'UDP 80', OPEN);
    expectReach(into({ protocol: 'UDP', port: 80 }), 'UDP 81, TCP 80, SCTP 80', A_SHUT);
  });

  it('open their port only, SCTP', () => {
    expectReach(into({ protocol: 'SCTP', port: 80 }), 'SCTP 80', OPEN);
    expectReach(into({ protocol: 'SCTP', port: 80 }), 'SCTP 81, TCP 80, UDP 80', A_SHUT);
  });

  it('together with peers open the port to these only', () => {
    const from = policy('x/in', { podSelector: podIs('a'), ingress: [{ from: [ns('y')], ports: [{ port: 81 }] }] });
    expectReach(
      grid({ networkPolicies: [from] }),
      'TCP 81',
      `xz/*  X.. ... ...
       y/*   ... ... ...`,
    );
    expectReach(grid({ networkPolicies: [from] }), 'TCP 80', A_SHUT);
  });

  it('of egress are those of the receiver', () => {
    expectReach(out({ port: 81 }), 'TCP 81', OPEN);
    expectReach(out({ port: 81 }), 'TCP 80, UDP 81', A_SENDS_NOTHING);
  });
});

describe('a protocol without a port', () => {
  it('opens all ports of it, and none of another: TCP', () => {
    expectReach(into({ protocol: 'TCP' }), 'TCP 80, TCP 81, TCP 65535', OPEN);
    expectReach(into({ protocol: 'TCP' }), 'UDP 80, SCTP 80', A_SHUT);
  });

  it('opens all ports of it, and none of another: UDP', () => {
    expectReach(into({ protocol: 'UDP' }), 'UDP 80, UDP 81', OPEN);
    expectReach(into({ protocol: 'UDP' }), 'TCP 80, SCTP 80', A_SHUT);
  });

  it('of SCTP isolates the pod for TCP, also where the plugin knows no SCTP', () => {
    expectReach(into({ protocol: 'SCTP' }), 'SCTP 80', OPEN);
    expectReach(into({ protocol: 'SCTP' }), 'TCP 80, TCP 81, UDP 80', A_SHUT);
  });

  it('is TCP when it is left out too', () => {
    expectReach(into({}), 'TCP 80, TCP 81', OPEN);
    expectReach(into({}), 'UDP 80, SCTP 80', A_SHUT);
  });

  it('of egress opens all ports of it at the receiver', () => {
    expectReach(out({ protocol: 'UDP' }), 'UDP 80, UDP 81', OPEN);
    expectReach(out({ protocol: 'UDP' }), 'TCP 80, SCTP 81', A_SENDS_NOTHING);
  });
});

describe('names', () => {
  it('mean the port that the receiver calls so: ingress', () => {
    expectReach(into({ port: 'serve-81-tcp' }), 'TCP 81', OPEN);
    expectReach(into({ port: 'serve-81-tcp' }), 'TCP 80, UDP 81', A_SHUT);
  });

  it('mean the port that the receiver calls so: ingress from one namespace', () => {
    const named = policy('x/in', {
      podSelector: podIs('a'),
      ingress: [{ from: [ns('y')], ports: [{ port: 'serve-80-tcp' }] }],
    });
    expectReach(
      grid({ networkPolicies: [named] }),
      'TCP 80',
      `xz/*  X.. ... ...
       y/*   ... ... ...`,
    );
    expectReach(grid({ networkPolicies: [named] }), 'TCP 81', A_SHUT);
  });

  it('mean the port that the receiver calls so: egress', () => {
    expectReach(out({ port: 'serve-80-tcp' }), 'TCP 80', OPEN);
    expectReach(out({ port: 'serve-80-tcp' }), 'TCP 81', A_SENDS_NOTHING);
  });

  it('mean the port that the receiver calls so: egress without a peer', () => {
    const any = policy('x/out', {
      podSelector: podIs('a'),
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 'serve-80-tcp' }] }],
    });
    expectReach(grid({ networkPolicies: [any] }), 'TCP 80', OPEN);
    expectReach(grid({ networkPolicies: [any] }), 'TCP 81', A_SENDS_NOTHING);
  });

  it('of another protocol mean no port: the name of a UDP port beside TCP', () => {
    expectReach(into({ port: 'serve-81-udp' }), 'TCP 81, UDP 81', A_SHUT);
    expectReach(into({ port: 'serve-81-udp', protocol: 'UDP' }), 'UDP 81', OPEN);
    expectReach(into({ port: 'serve-80-sctp', protocol: 'SCTP' }), 'SCTP 80', OPEN);
  });

  it('that no container uses mean no port', () => expectReach(into({ port: 'web' }), 'TCP 80, UDP 80', A_SHUT));
});

describe('ranges', () => {
  it('hold both of their ends', () => {
    expectReach(into({ port: 80, endPort: 81 }), 'TCP 80, TCP 81', OPEN);
    expectReach(into({ port: 80, endPort: 81 }), 'TCP 79, TCP 82, UDP 80', A_SHUT);
  });

  it('of egress hold both of their ends', () => {
    expectReach(out({ port: 81, endPort: 90 }), 'TCP 81, TCP 90', OPEN);
    expectReach(out({ port: 81, endPort: 90 }), 'TCP 80, TCP 91', A_SENDS_NOTHING);
  });

  it('of one port are that port', () => {
    expectReach(into({ port: 80, endPort: 80 }), 'TCP 80', OPEN);
    expectReach(into({ port: 80, endPort: 80 }), 'TCP 81', A_SHUT);
  });

  it('of UDP and SCTP are of these alone', () => {
    expectReach(into({ protocol: 'SCTP', port: 80, endPort: 90 }), 'SCTP 81', OPEN);
    expectReach(into({ protocol: 'UDP', port: 80, endPort: 90 }), 'SCTP 81, TCP 81', A_SHUT);
  });

  it('beside single ports add up', () => {
    expectReach(into({ port: 80, endPort: 81 }, { protocol: 'UDP', port: 53 }), 'TCP 81, UDP 53', OPEN);
    expectReach(into({ port: 80, endPort: 81 }, { protocol: 'UDP', port: 53 }), 'UDP 80, TCP 53', A_SHUT);
  });
});
