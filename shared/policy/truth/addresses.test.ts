import { describe, it } from 'vitest';
import type { NetworkPolicyPeer } from '../../model/objects-network.ts';
import type { PolicyFacts } from '../model.ts';
import { grid, policy } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { OPEN, podIs } from '../testing/world.ts';

/** Pods of the grid have addresses 10.N.M.1: y/b is 10.2.2.1, z/c is 10.3.3.1. */
function out(...to: readonly NetworkPolicyPeer[]): PolicyFacts {
  return grid({
    networkPolicies: [policy('x/out', { podSelector: podIs('a'), policyTypes: ['Egress'], egress: [{ to }] })],
  });
}

const others = `
  x/bc  ... ... ...
  yz/*  ... ... ...`;

describe('ipBlock', () => {
  it('lets out to one server', () => {
    expectReach(out({ ipBlock: { cidr: '10.2.2.1/32' } }), 'TCP 80, UDP 80', `x/a .XX X.X XXX ${others}`);
  });

  it('lets out to the block less its exceptions', () => {
    const block = { cidr: '10.2.0.0/16', except: ['10.2.2.0/24'] };
    expectReach(out({ ipBlock: block }), 'TCP 80', `x/a .XX .X. XXX ${others}`);
  });

  it('lets out to an address in the exception of one rule that another rule allows', () => {
    const block = { ipBlock: { cidr: '10.2.0.0/16', except: ['10.2.2.1/32'] } };
    expectReach(out(block, { ipBlock: { cidr: '10.2.2.1/32' } }), 'TCP 80', `x/a .XX ... XXX ${others}`);
    const [one, two] = [block, { ipBlock: { cidr: '10.2.2.1/32' } }].map((peer, i) =>
      policy(`x/out-${i}`, { podSelector: podIs('a'), policyTypes: ['Egress'], egress: [{ to: [peer] }] }),
    );
    if (one === undefined || two === undefined) throw new Error('two policies');
    expectReach(grid({ networkPolicies: [one, two] }), 'TCP 80', `x/a .XX ... XXX ${others}`);
  });

  it('lets in pods by their address', () => {
    const block = { ipBlock: { cidr: '10.2.0.0/16', except: ['10.2.2.0/24'] } };
    const into = policy('x/in', { podSelector: podIs('a'), ingress: [{ from: [block] }] });
    expectReach(
      grid({ networkPolicies: [into] }),
      'TCP 80',
      `xz/*  X.. ... ...
       y/b   X.. ... ...
       y/ac  ... ... ...`,
    );
  });

  it('counts the bits of the mask and passes over the others', () => {
    expectReach(out({ ipBlock: { cidr: '10.2.2.99/16' } }), 'TCP 80', `x/a .XX ... XXX ${others}`);
  });

  it('of the whole of IPv4 holds pods too, and that of IPv6 none of IPv4', () => {
    expectReach(out({ ipBlock: { cidr: '0.0.0.0/0' } }), 'TCP 80', OPEN);
    expectReach(out({ ipBlock: { cidr: '::/0' } }), 'TCP 80', `x/a .XX XXX XXX ${others}`);
  });

  it('beside selectors in other items is one more alternative', () => {
    expectReach(
      out({ ipBlock: { cidr: '10.3.3.1/32' } }, { podSelector: podIs('b') }),
      'TCP 80',
      `x/a ..X XXX XX. ${others}`,
    );
  });
});

describe('ipBlock of IPv6', () => {
  /** The grid with addresses fd00:N::M. */
  function six(to: NetworkPolicyPeer): PolicyFacts {
    const { pods, ...rest } = out(to);
    return {
      ...rest,
      pods: pods.map((one, i) => {
        const ip = `fd00:${Math.floor(i / 3) + 1}::${(i % 3) + 1}`;
        return { ...one, status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } };
      }),
    };
  }

  it('lets out to the block less its exceptions', () => {
    const block = { cidr: 'fd00:2::/64', except: ['fd00:2::2/128'] };
    expectReach(six({ ipBlock: block }), 'TCP 80', `x/a .XX .X. XXX ${others}`);
  });

  it('is the same block however the address is written', () => {
    expectReach(six({ ipBlock: { cidr: 'FD00:0002:0000::/32' } }), 'TCP 80', `x/a .XX ... XXX ${others}`);
  });

  it('of IPv4 holds none of them', () => {
    expectReach(six({ ipBlock: { cidr: '0.0.0.0/0' } }), 'TCP 80', `x/a .XX XXX XXX ${others}`);
  });
});
