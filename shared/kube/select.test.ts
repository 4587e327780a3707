import { describe, expect, it } from 'vitest';
import { parseSelectorText } from '../model/selector-text.ts';
import { matchesFieldText, matchesLabelText } from './select.ts';

const labels = { app: 'web', 'app.kubernetes.io/name': 'shop', tier: '' };

describe('label selectors in text form', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app in (db, web),app.kubernetes.io/name=shop', true],
    ['app notin (db,web)', false],
    ['missing notin (x)', true],
    ['app', true],
    ['!app', false],
    ['! missing', true],
    ['tier=', true],
    ['app in web', false],
  ])('%s: %s', (text, expected) => {
    expect(matchesLabelText(text, labels)).toBe(expected);
  });

  it('that are none are told apart from empty ones', () => {
    expect(parseSelectorText('a b c')).toBeUndefined();
    expect(parseSelectorText('')).toEqual([]);
  });
});

describe('field selectors', () => {
  const pod = { metadata: { name: 'web', namespace: 'shop' }, status: { phase: 'Running' } };

  it.each([
    ['', true],
    ['metadata.name=web', true],
    ['metadata.name=web,status.phase!=Running', false],
    ['spec.nodeName=', true],
    ['spec.nodeName!=', false],
    ['nonsense', false],
  ])('%s: %s', (text, expected) => {
    expect(matchesFieldText(text, pod)).toBe(expected);
  });
});
