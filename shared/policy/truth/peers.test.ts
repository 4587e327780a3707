import { describe, it } from 'vitest';
import type { LabelSelectorRequirement } from '../../model/objects.ts';
import type { NetworkPolicyPeer } from '../../model/objects-network.ts';
import type { PolicyFacts } from '../model.ts';
import { grid, policy } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { everyone, ns, nsIs, OPEN, podIs } from '../testing/world.ts';

/** x/a takes from these peers only. */
function into(...from: readonly NetworkPolicyPeer[]): PolicyFacts {
  return grid({ networkPolicies: [policy('x/in', { podSelector: podIs('a'), ingress: [{ from }] })] });
}

function where(key: string, operator: string, ...values: readonly string[]): LabelSelectorRequirement {
  return { key, operator, ...(values.length === 0 ? {} : { values }) };
}

describe('a podSelector', () => {
  it('alone means pods of the namespace of the policy', () => {
    expectReach(
      into({ podSelector: podIs('b') }),
      'TCP 80',
      `x/ab  ... ... ...
       x/c   X.. ... ...
       yz/*  X.. ... ...`,
    );
  });

  it('that is empty means every pod of the namespace, and nobody of another', () => {
    expectReach(
      into({ podSelector: {} }),
      'TCP 80, UDP 80',
      `x/*   ... ... ...
       yz/*  X.. ... ...`,
    );
    const inner = policy('x/in', { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] });
    expectReach(
      grid({ networkPolicies: [inner] }),
      'TCP 80',
      `x/*   ... ... ...
       yz/*  XXX ... ...`,
    );
  });

  it('reads In', () => {
    expectReach(
      into({ podSelector: { matchExpressions: [where('pod', 'In', 'b')] } }),
      'TCP 80',
      `x/ab  ... ... ...
       x/c   X.. ... ...
       yz/*  X.. ... ...`,
    );
  });

  it('reads NotIn, which holds where the label is absent', () => {
    const but = (key: string) =>
      into({ namespaceSelector: {}, podSelector: { matchExpressions: [where(key, 'NotIn', 'b', 'c')] } });
    expectReach(
      but('pod'),
      'TCP 80',
      `xyz/a   ... ... ...
       xyz/bc  X.. ... ...`,
    );
    expectReach(but('tier'), 'TCP 80', OPEN);
  });

  it('reads Exists and DoesNotExist', () => {
    const by = (key: string, operator: string) =>
      into({ namespaceSelector: {}, podSelector: { matchExpressions: [where(key, operator)] } });
    expectReach(by('pod', 'Exists'), 'TCP 80', OPEN);
    expectReach(by('pod', 'DoesNotExist'), 'TCP 80', '* X.. ... ...');
    expectReach(by('tier', 'Exists'), 'TCP 80', '* X.. ... ...');
    expectReach(by('tier', 'DoesNotExist'), 'TCP 80', OPEN);
  });

  it('wants all of its labels and expressions at once', () => {
    const both = { matchLabels: { pod: 'b' }, matchExpressions: [where('pod', 'NotIn', 'b')] };
    expectReach(into({ namespaceSelector: {}, podSelector: both }), 'TCP 80', '* X.. ... ...');
    const narrowed = { matchExpressions: [where('pod', 'In', 'b', 'c'), where('pod', 'NotIn', 'c')] };
    expectReach(
      into({ namespaceSelector: {}, podSelector: narrowed }),
      'TCP 80',
      `xyz/b   ... ... ...
       xyz/ac  X.. ... ...`,
    );
  });
});

describe('a namespaceSelector', () => {
  it('lets in every pod of the namespaces that it means, and of no other', () => {
    expectReach(
      into(ns('y')),
      'TCP 80',
      `xz/*  X.. ... ...
       y/*   ... ... ...`,
    );
  });

  it('that is empty means all namespaces', () => {
    expectReach(into(everyone), 'TCP 80, UDP 81', OPEN);
  });

  it('reads matchExpressions', () => {
    expectReach(
      into({ namespaceSelector: { matchExpressions: [where('ns', 'In', 'y', 'z')] } }),
      'TCP 80',
      `x/*   X.. ... ...
       yz/*  ... ... ...`,
    );
    expectReach(
      into({ namespaceSelector: { matchExpressions: [where('ns', 'NotIn', 'x')] } }),
      'TCP 80',
      `x/*   X.. ... ...
       yz/*  ... ... ...`,
    );
  });

  it('may use the label with the name that the API server gives every namespace', () => {
    const zOnly = `
      xy/*  X.. ... ...
      z/*   ... ... ...`;
    const name = 'kubernetes.io/metadata.name';
    expectReach(into({ namespaceSelector: { matchLabels: { [name]: 'z' } } }), 'TCP 80', zOnly);
    const not = { matchExpressions: [where(name, 'NotIn', 'x', 'y')] };
    expectReach(into({ namespaceSelector: not }), 'TCP 80', zOnly);
  });
});

describe('both selectors', () => {
  it('in one item must both hold', () => {
    expectReach(
      into({ ...ns('y'), podSelector: podIs('b') }),
      'TCP 80',
      `xz/*  X.. ... ...
       y/b   ... ... ...
       y/ac  X.. ... ...`,
    );
  });

  it('in one item, with expressions in each', () => {
    expectReach(
      into({
        namespaceSelector: { matchExpressions: [where('ns', 'NotIn', 'x')] },
        podSelector: { matchExpressions: [where('pod', 'In', 'b', 'c')] },
      }),
      'TCP 80',
      `x/*    X.. ... ...
       yz/a   X.. ... ...
       yz/bc  ... ... ...`,
    );
  });

  it('in two items are alternatives, and there the podSelector means its own namespace', () => {
    expectReach(
      into(ns('y'), { podSelector: podIs('b') }),
      'TCP 80',
      `x/b   ... ... ...
       x/ac  X.. ... ...
       y/*   ... ... ...
       z/*   X.. ... ...`,
    );
  });

  it('in one item, the podSelector empty: every pod of those namespaces', () => {
    expectReach(
      into({ ...ns('y'), podSelector: {} }),
      'TCP 80',
      `xz/*  X.. ... ...
       y/*   ... ... ...`,
    );
  });

  it('in one item, both empty: all pods', () => {
    expectReach(into({ namespaceSelector: {}, podSelector: {} }), 'TCP 80', OPEN);
  });

  it('in several items of several kinds', () => {
    expectReach(
      into(
        { namespaceSelector: nsIs('y'), podSelector: podIs('b', 'c') },
        { namespaceSelector: { matchExpressions: [where('ns', 'In', 'z')] }, podSelector: podIs('a') },
        { podSelector: { matchExpressions: [where('pod', 'NotIn', 'b')] } },
      ),
      'TCP 80',
      `x/ac  ... ... ...
       x/b   X.. ... ...
       y/a   X.. ... ...
       y/bc  ... ... ...
       z/a   ... ... ...
       z/bc  X.. ... ...`,
    );
  });

  it('of one pod of another namespace, TCP, UDP and SCTP', () => {
    expectReach(
      into({ ...ns('y'), podSelector: podIs('a') }),
      'TCP 80, UDP 80, SCTP 80',
      `xz/*  X.. ... ...
       y/a   ... ... ...
       y/bc  X.. ... ...`,
    );
  });

  it('for egress: to one pod of another namespace', () => {
    const out = policy('x/out', {
      podSelector: podIs('a'),
      policyTypes: ['Egress'],
      egress: [{ to: [{ ...ns('y'), podSelector: podIs('a') }] }],
    });
    expectReach(
      grid({ networkPolicies: [out] }),
      'TCP 80, UDP 80',
      `x/a   .XX .XX XXX
       x/bc  ... ... ...
       yz/*  ... ... ...`,
    );
  });
});

describe('peers that mean nobody', () => {
  it('are an empty item and a selector beside an ipBlock, which the API refuses', () => {
    expectReach(into({}), 'TCP 80', '* X.. ... ...');
    expectReach(into({ ipBlock: { cidr: '0.0.0.0/0' }, podSelector: {} }), 'TCP 80', '* X.. ... ...');
  });

  it('are expressions with an operator that does not exist', () => {
    const near = { matchExpressions: [where('pod', 'Near', 'b')] };
    expectReach(
      grid({
        networkPolicies: [policy('x/in', { podSelector: podIs('a'), ingress: [{ from: [{ podSelector: near }] }] })],
      }),
      'TCP 80',
      '* X.. ... ...',
    );
  });
});
