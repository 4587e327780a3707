import { describe, expect, it } from 'vitest';
import { matchLabels, missesOf } from './labels.ts';

const known = { labels: { app: 'web', empty: '' }, complete: true };
const partly = { labels: { app: 'web' }, complete: false };

describe('matchLabels', () => {
  it('holds for all things by an empty selector, known or not', () => {
    expect(matchLabels({}, known)).toBe('yes');
    expect(matchLabels({ matchLabels: {}, matchExpressions: [] }, partly)).toBe('yes');
  });

  it('finds an empty value by Exists, and by equality', () => {
    expect(matchLabels({ matchExpressions: [{ key: 'empty', operator: 'Exists' }] }, known)).toBe('yes');
    expect(matchLabels({ matchLabels: { empty: '' } }, known)).toBe('yes');
    expect(matchLabels({ matchLabels: { other: '' } }, known)).toBe('no');
  });

  it('does not know a key that was not seen, and is sure of one that was', () => {
    expect(matchLabels({ matchLabels: { team: 'a' } }, partly)).toBe('maybe');
    expect(matchLabels({ matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] }, partly)).toBe('maybe');
    expect(matchLabels({ matchLabels: { app: 'db', team: 'a' } }, partly)).toBe('no');
    expect(matchLabels({ matchLabels: { app: 'web' } }, partly)).toBe('yes');
  });

  it('takes nothing that every object inherits for a label', () => {
    for (const key of ['constructor', 'toString', '__proto__']) {
      expect(matchLabels({ matchExpressions: [{ key, operator: 'Exists' }] }, known)).toBe('no');
      expect(matchLabels({ matchExpressions: [{ key, operator: 'DoesNotExist' }] }, known)).toBe('yes');
    }
  });

  it('never holds by an operator that it does not know', () => {
    expect(matchLabels({ matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] }, known)).toBe('no');
    expect(matchLabels({ matchExpressions: [{ key: 'app' }] }, partly)).toBe('no');
  });
});

it('lists the requirements that surely fail', () => {
  const selector = {
    matchLabels: { app: 'db', team: 'a' },
    matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }],
  };
  expect(missesOf(selector, known)).toEqual([
    { key: 'app', operator: 'In', values: ['db'], found: 'web' },
    { key: 'team', operator: 'In', values: ['a'], found: undefined },
    { key: 'app', operator: 'NotIn', values: ['web'], found: 'web' },
  ]);
  expect(missesOf(selector, partly).map(({ key }) => key)).toEqual(['app', 'app']);
});
