import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { bringPublicAuthorities, leaveOutPublicAuthorities } from './public-authorities.ts';

const { getCACertificates } = tls as unknown as { getCACertificates(type: 'default' | 'bundled'): string[] };

const prints = (of: 'default' | 'bundled'): string[] =>
  getCACertificates(of).map((pem) => new X509Certificate(pem).fingerprint256);

describe('the public authorities', () => {
  afterEach(bringPublicAuthorities);

  it('are not read for a server with an authority of its own', () => {
    leaveOutPublicAuthorities(tls.rootCertificates[0] ?? '');
    expect(getCACertificates('default')).toHaveLength(1);
  });

  it('are all back for the next server without one', () => {
    leaveOutPublicAuthorities(tls.rootCertificates[0] ?? '');
    bringPublicAuthorities();
    const trusted = new Set(prints('default'));
    expect(prints('bundled').filter((print) => !trusted.has(print))).toEqual([]);
  });

  it('stay when the own authority is no certificate', () => {
    leaveOutPublicAuthorities('-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n');
    expect(getCACertificates('default').length).toBeGreaterThan(100);
  });
});
