import { describe, expect, it } from 'vitest';
import { createWordBook } from './pseudo-words.ts';

function mapperOf(...words: readonly string[]): (text: string) => string {
  const book = createWordBook();
  for (const word of words) book.add(word);
  return book.mapper();
}

const distance = (a: string, b: string): number => [...a].filter((letter, index) => letter !== b[index]).length;

describe('createWordBook', () => {
  it('replaces noted words wherever they stand, and keeps what surrounds them', () => {
    const map = mapperOf('payment-shop', 'orders');
    const [payment, shop] = [map('payment'), map('shop')];
    expect(payment).toMatch(/^[a-z]{7}$/);
    expect(map('payment-shop-7d9f8c6b5-x2x9k')).toBe(`${payment}-${shop}-7d9f8c6b5-x2x9k`);
    expect(map('http://payment.shop.svc.cluster.local:80/orders?x=1')).toBe(
      `http://${payment}.${shop}.svc.cluster.local:80/${map('orders')}?x=1`,
    );
    expect(map('payments web')).toBe('payments web');
  });

  it('keeps capitals, versions and compound forms related', () => {
    const map = mapperOf('payment');
    const payment = map('payment');
    expect(map('Payment')).toBe(payment.charAt(0).toUpperCase() + payment.slice(1));
    expect(map('PAYMENT_HOST')).toBe(`${payment.toUpperCase()}_HOST`);
    expect(map('paymentService')).toBe(`${payment}Service`);
    expect(map('payment-v1')).toBe(`${payment}-v1`);
    expect(map('payment12')).toBe(`${payment}12`);
  });

  it('keeps a typing error one, and different words different', () => {
    const map = mapperOf('payment', 'paymnet', 'checkout', 'orders');
    expect(distance(map('payment'), map('paymnet'))).toBe(1);
    expect(distance(map('payment'), map('checkout'))).toBeGreaterThan(2);
    expect(new Set(['payment', 'paymnet', 'checkout', 'orders'].map(map)).size).toBe(4);
  });

  it('leaves words of Kubernetes, hashes and what was kept', () => {
    const book = createWordBook();
    book.add('connection-refused pod cafe coredns-acme');
    book.keep('acme');
    const map = book.mapper();
    for (const same of ['connection refused', 'coredns', 'acme', '7cafe9d8', 'sha256:cafe0123cafe'])
      expect(map(same)).toBe(same);
    expect(map('cafe')).not.toBe('cafe');
  });

  it('replaces names made of common words as a whole, not the words', () => {
    const book = createWordBook();
    book.addName('node-agent');
    book.addName('db');
    const map = book.mapper();
    expect(map('node-agent-n6twr on node with agent')).toMatch(/^(?!node)[a-z]+-n6twr on node with agent$/);
    expect(map('db-0')).toMatch(/^(?!db)[a-z]+-0$/);
    expect(map('kubernetes.io')).toBe('kubernetes.io');
  });

  it('gives the same pseudonyms for the same words in any order, others for other words', () => {
    expect(mapperOf('payment', 'shop')('payment shop')).toBe(mapperOf('shop', 'payment')('payment shop'));
    expect(mapperOf('payment', 'shop')('payment')).not.toBe(mapperOf('payment', 'store')('payment'));
  });
});
