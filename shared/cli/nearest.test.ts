import { describe, expect, it } from 'vitest';
import { didYouMean, nearestWords } from './nearest.ts';

const services = ['payment-service', 'web', 'web-admin', 'cart', 'orders'];

describe('nearest words', () => {
  it.each([
    ['paymnt-service', ['payment-service']],
    ['WEB', ['web', 'web-admin']],
    ['wbe', ['web']],
    ['pay', ['payment-service']],
    ['ordres', ['orders']],
    ['cart-master', ['cart']],
    ['web-service', ['web']],
    ['admin', ['web-admin']],
    ['zzz', []],
    ['w-x', []],
    ['', []],
  ])('of %s are %j', (typed, near) => {
    expect(nearestWords(typed, services)).toEqual(near);
  });

  it('are said in a question, or not at all', () => {
    expect(didYouMean('namspace', ['namespace', 'output'], '--')).toBe('Did you mean --namespace?');
    expect(didYouMean('xyz', ['namespace'])).toBe('');
  });
});
