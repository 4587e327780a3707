import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Address4, Address6 } from './bundle-ip-address.ts';

// What the SOCKS client would have got: the package that the bundle leaves out is a dependency of its own.
const fromSocks = createRequire(createRequire(import.meta.url).resolve('socks'));
const replaced = fromSocks('ip-address') as {
  Address4: new (text: string) => { toArray(): number[] };
  Address6: (new (
    text: string,
  ) => { canonicalForm(): string }) & {
    fromByteArray(bytes: number[]): { canonicalForm(): string };
  };
};

describe('addresses for the SOCKS client, as ip-address gives them', () => {
  it.each(['0.0.0.0', '10.96.0.1', '255.255.255.255'])('%s', (text) => {
    expect(new Address4(text).toArray()).toEqual(new replaced.Address4(text).toArray());
  });

  it.each(['::', '::1', '2001:db8::1', 'fe80::1:2:3:4', '::ffff:10.0.0.1'])('%s', (text) => {
    expect(new Address6(text).canonicalForm()).toBe(new replaced.Address6(text).canonicalForm());
  });

  it('sixteen bytes', () => {
    const bytes = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(Address6.fromByteArray(bytes).canonicalForm()).toBe(replaced.Address6.fromByteArray(bytes).canonicalForm());
  });
});
