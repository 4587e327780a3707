import { describe, it } from 'vitest';
import type { Labels } from '../../model/objects.ts';
import type { PolicyFacts } from '../model.ts';
import { grid, policy } from '../testing/cluster.ts';
import { expectReach } from '../testing/reach-table.ts';
import { inAll, ns, OPEN, podIs } from '../testing/world.ts';

/** What changes in a running cluster: labels of pods and namespaces, rules of a policy. */

const letsY = policy('x/in', { podSelector: podIs('a'), ingress: [{ from: [ns('y')] }] });
const letsB = policy('x/in', { podSelector: podIs('a'), ingress: [{ from: [inAll('b')] }] });

/** The grid with the labels of one pod, or of one namespace, changed. */
function relabelled(facts: PolicyFacts, path: string, labels: Labels): PolicyFacts {
  const [space = '', name] = path.split('/');
  const has = (found: string | undefined, wanted: string | undefined): boolean => found === wanted;
  return {
    ...facts,
    pods: facts.pods.map((one) =>
      has(one.metadata?.namespace, space) && has(one.metadata?.name, name)
        ? { ...one, metadata: { ...one.metadata, labels } }
        : one,
    ),
    namespaces: facts.namespaces.map((one) =>
      name === undefined && one.metadata?.name === space ? { ...one, metadata: { ...one.metadata, labels } } : one,
    ),
  };
}

describe('what a policy allows follows', () => {
  it('its rules', () => {
    expectReach(grid({ networkPolicies: [policy('x/in', { podSelector: podIs('a') })] }), 'TCP 80', '* X.. ... ...');
    expectReach(
      grid({ networkPolicies: [letsY] }),
      'TCP 80',
      `xz/*  X.. ... ...
       y/*   ... ... ...`,
    );
  });

  it('the labels of the namespace that is let in', () => {
    const facts = grid({ networkPolicies: [letsY] });
    expectReach(relabelled(facts, 'y', { ns: 'other' }), 'TCP 80', '* X.. ... ...');
    expectReach(
      relabelled(facts, 'z', { ns: 'y' }),
      'TCP 80',
      `x/*   X.. ... ...
       yz/*  ... ... ...`,
    );
  });

  it('the labels of the pod that is let in', () => {
    const facts = grid({ networkPolicies: [letsB] });
    expectReach(
      facts,
      'TCP 80',
      `xyz/b   ... ... ...
       xyz/ac  X.. ... ...`,
    );
    expectReach(
      relabelled(facts, 'y/b', { pod: 'gone' }),
      'TCP 80',
      `xz/b   ... ... ...
       xz/ac  X.. ... ...
       y/*    X.. ... ...`,
    );
    expectReach(
      relabelled(facts, 'y/c', { pod: 'b' }),
      'TCP 80',
      `xz/b   ... ... ...
       xz/ac  X.. ... ...
       y/bc   ... ... ...
       y/a    X.. ... ...`,
    );
  });

  it('the labels of the pod that is protected', () => {
    const facts = grid({ networkPolicies: [letsY] });
    expectReach(relabelled(facts, 'x/a', { pod: 'other' }), 'TCP 80', OPEN);
    expectReach(
      relabelled(facts, 'x/b', { pod: 'a' }),
      'TCP 80',
      `xz/*  XX. ... ...
       y/*   ... ... ...`,
    );
  });
});
