import { expect, it } from 'vitest';
import { grid, policy } from './cluster.ts';
import { expectReach } from './reach-table.ts';

const facts = grid({ networkPolicies: [policy('x/in', { podSelector: { matchLabels: { pod: 'a' } } })] });

it('shows both tables and the pairs that differ', () => {
  const wrong = `
    x/*   X.. ... ...
    y/*   X.. ... X..
    z/*   X.. ... ...`;
  expect(() => expectReach(facts, 'UDP 80', wrong)).toThrow(
    [
      'UDP 80, rule by rule: expected, then observed',
      '  x/a  ... ... ...   ... ... ...',
      '  x/b  X.. ... ...   X.. ... ...',
      '  x/c  X.. ... ...   X.. ... ...',
      '  y/a  X.. ... X..   X.. ... ...',
      '  y/b  X.. ... X..   X.. ... ...',
      '  y/c  X.. ... X..   X.. ... ...',
      '  z/a  X.. ... ...   X.. ... ...',
      '  z/b  X.. ... ...   X.. ... ...',
      '  z/c  X.. ... ...   X.. ... ...',
      '3 pairs differ:',
      '  y/a to z/a: expected X, observed .',
      '  y/b to z/a: expected X, observed .',
      '  y/c to z/a: expected X, observed .',
    ].join('\n'),
  );
});

it.each([
  ['a sender without a line', 'x/* X.. ... ...', 'y/a stands in no line'],
  ['a sender in two lines', '* X.. ... ...\n x/a ... ... ...', 'x/a stands in two lines'],
  ['a line that means no pod', '* X.. ... ...\n w/a ... ... ...', 'no pod is meant by "w/a"'],
  ['a line with too few marks', '* X.. ...', '"* X.. ..." has 6 marks for 9 pods'],
])('refuses %s', (_, table, message) => {
  expect(() => expectReach(facts, 'TCP 80', table)).toThrow(message);
});
