import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countAddresses,
  coversRange,
  formatAddress,
  formatRange,
  inRange,
  overlaps,
  parseAddress,
  parseCidr,
  parseWireRange,
  sharedRange,
  toCidrs,
  wholeFamily,
} from './addresses.ts';

describe('parseAddress', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['010.0.0.001', '10.0.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
  ])('reads %s', (text, shown) => {
    const address = parseAddress(text);
    expect(address === undefined ? undefined : formatAddress(address)).toBe(shown);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.1.2',
    '10..0.1',
    '1.2.3.4 ',
    '0x10.0.0.1',
    'web',
    '2001:::1',
    undefined,
  ])('refuses %s', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('parseCidr', () => {
  it.each([
    ['10.0.0.5/8', '10.0.0.0-10.255.255.255'],
    ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
    ['10.0.0.5', '10.0.0.5'],
    ['10.0.0.5/32', '10.0.0.5'],
    ['fd00::1/64', 'fd00::-fd00::ffff:ffff:ffff:ffff'],
    ['::ffff:10.0.0.0/104', '10.0.0.0-10.255.255.255'],
    ['::/0', '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('masks %s', (text, shown) => {
    const range = parseCidr(text);
    expect(range === undefined ? undefined : formatRange(range)).toBe(shown);
  });

  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', 'fd00::/129', 'fe80::1%eth0/64', 'web/8', '/8', undefined])(
    'refuses %s',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );
});

describe('parseWireRange', () => {
  it('leaves an IPv4 address that is written as IPv6 in IPv6: no IPv4 packet is there', () => {
    expect(parseWireRange('::ffff:0.0.0.0/96')).toMatchObject({ family: 6, first: 0xffff00000000n });
    expect(parseWireRange('::ffff:10.0.0.1')).toMatchObject({
      family: 6,
      first: 0xffff0a000001n,
      last: 0xffff0a000001n,
    });
    expect(parseWireRange('10.0.0.0/8')).toEqual(parseCidr('10.0.0.0/8'));
    expect(parseWireRange('2002::/24')).toEqual(parseCidr('2002::/24'));
    expect(parseWireRange('::ffff:0.0.0.0/129')).toBeUndefined();
  });
});

describe('ranges', () => {
  it('keep the families apart', () => {
    const v4 = wholeFamily(4);
    const v6 = wholeFamily(6);
    expect(overlaps(v4, v6)).toBe(false);
    expect(inRange(v4, { family: 6, value: 1n })).toBe(false);
  });

  it('become the fewest blocks that hold the same addresses', () => {
    expect(toCidrs(wholeFamily(4))).toEqual(['0.0.0.0/0']);
    expect(toCidrs({ family: 4, first: 0n, last: 2n })).toEqual(['0.0.0.0/31', '0.0.0.2/32']);
    const ends = fc
      .tuple(fc.nat(300), fc.nat(300))
      .map(([a, b]) => [BigInt(Math.min(a, b)), BigInt(Math.max(a, b))] as const);
    fc.assert(
      fc.property(ends, fc.nat(301), ([first, last], n) => {
        const value = BigInt(n);
        const inside = toCidrs({ family: 6, first, last }).filter((text) => {
          const block = parseCidr(text);
          return block !== undefined && inRange(block, { family: 6, value });
        });
        expect(inside).toHaveLength(first <= value && value <= last ? 1 : 0);
      }),
    );
  });
});

describe('two ranges', () => {
  const range = (text: string) => parseCidr(text) ?? wholeFamily(4);

  it('counts every address', () => {
    expect(countAddresses(range('10.0.0.0/24'))).toBe(256n);
    expect(countAddresses(range('10.0.0.7/32'))).toBe(1n);
    expect(countAddresses(range('fd00::/64'))).toBe(1n << 64n);
  });

  it('finds what two ranges share, whichever holds the other', () => {
    expect(sharedRange(range('10.0.0.0/8'), range('10.1.0.0/16'))).toEqual(range('10.1.0.0/16'));
    expect(sharedRange(range('10.1.0.0/16'), range('10.0.0.0/8'))).toEqual(range('10.1.0.0/16'));
    expect(sharedRange(range('10.0.0.0/16'), range('10.1.0.0/16'))).toBeUndefined();
    expect(sharedRange(range('0.0.0.0/0'), range('::/0'))).toBeUndefined();
    expect(coversRange(range('10.0.0.0/8'), range('10.1.0.0/16'))).toBe(true);
  });
});
