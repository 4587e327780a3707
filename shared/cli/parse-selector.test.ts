import { describe, expect, it } from 'vitest';
import { matchesSelector } from '../model/selectors.ts';
import { UsageError } from './command.ts';
import { parseSelector } from './parse-selector.ts';

const labels = { app: 'web', tier: 'front', 'app.kubernetes.io/name': 'web' };

describe('-l', () => {
  it.each([
    ['app=web', true],
    ['app==web', true],
    ['app!=web', false],
    ['track!=canary', true],
    ['app=web,tier=back', false],
    ['tier in (front,back)', true],
    ['tier in (front, back),app=web', true],
    ['tier notin (front)', false],
    ['track notin (a)', true],
    ['app', true],
    ['!track', true],
    ['!app', false],
    ['app.kubernetes.io/name=web', true],
    ['app=', false],
  ])('%s on %j', (text, matches) => {
    expect(matchesSelector(parseSelector(text), labels)).toBe(matches);
  });

  it.each(['=', 'app=web,', 'app in web', 'app in (a', 'a b', 'app=we b'])('%s is no selector', (text) => {
    expect(() => parseSelector(text)).toThrow(UsageError);
  });
});
