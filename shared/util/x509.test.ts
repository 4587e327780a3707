import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../testing/certificates.ts';
import { coversHost, keyBelongs, readCertificates } from './x509.ts';

const FROM = '2026-01-01T00:00:00Z';
const UNTIL = '2027-01-01T00:00:00Z';
const shop = makeCertificate(['shop.example.com', '*.shop.example.com'], FROM, UNTIL);
const other = makeCertificate(['other.example.com'], FROM, UNTIL);

describe('readCertificates', () => {
  it('reads names and dates of a chain in its order', () => {
    const [first, second, third] = readCertificates(shop.certificate + other.certificate) ?? [];
    expect(first).toMatchObject({
      names: ['shop.example.com', '*.shop.example.com'],
      commonName: 'shop.example.com',
      subject: 'CN=shop.example.com',
      notBefore: Date.parse(FROM),
      notAfter: Date.parse(UNTIL),
      selfSigned: true,
    });
    expect(second?.names).toEqual(['other.example.com']);
    expect(third).toBeUndefined();
  });

  it('is undefined for text without a certificate and for a damaged one', () => {
    expect(readCertificates('')).toBeUndefined();
    expect(readCertificates(shop.key)).toBeUndefined();
    expect(readCertificates(shop.certificate.replace(/[A-Za-z0-9]{20}/, 'AAAA'))).toBeUndefined();
  });
});

describe('coversHost', () => {
  const [certificate] = readCertificates(shop.certificate) ?? [];
  const covers = (host: string): boolean => certificate !== undefined && coversHost(certificate, host);

  it('lets a wildcard stand for one label', () => {
    expect(['shop.example.com', 'a.shop.example.com', 'A.Shop.Example.com'].every(covers)).toBe(true);
    expect(['example.com', 'a.b.shop.example.com', 'shop.example.org'].some(covers)).toBe(false);
  });

  it('covers a wildcard host with the same wildcard only', () => {
    expect(covers('*.shop.example.com')).toBe(true);
    expect(covers('*.example.com')).toBe(false);
  });

  it('ignores the common name when there are no alternative names', () => {
    const [bare] = readCertificates(makeCertificate([], FROM, UNTIL).certificate) ?? [];
    expect(bare?.names).toEqual([]);
    expect(bare !== undefined && coversHost(bare, 'none')).toBe(false);
  });
});

describe('keyBelongs', () => {
  it('compares key and certificate, and does not guess about what it cannot read', () => {
    const [certificate] = readCertificates(shop.certificate) ?? [];
    if (certificate === undefined) throw new Error('no certificate');
    expect(keyBelongs(certificate, shop.key)).toBe(true);
    expect(keyBelongs(certificate, other.key)).toBe(false);
    expect(keyBelongs(certificate, '')).toBeUndefined();
  });
});
