import { describe, expect, it } from 'vitest';
import { keptSecret } from './kept-secret.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pem = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';

describe('keptSecret', () => {
  it('keeps type, names of keys, certificate and key; no other value', () => {
    const data = { 'tls.crt': base64(pem), 'tls.key': base64(pem), password: base64('hunter2') };
    expect(keptSecret({ type: 'kubernetes.io/tls', data })).toEqual({
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(pem), 'tls.key': base64(pem), password: '' },
    });
  });

  it('reads stringData as the server would, and lets data win nothing back', () => {
    expect(keptSecret({ stringData: { 'tls.crt': pem, token: 'x' } })).toEqual({
      data: { 'tls.crt': base64(pem), token: '' },
    });
  });

  it('empties values that a bundle has redacted: they are no broken certificate', () => {
    for (const value of ['542 bytes long', 'REDACTED', '***', '']) {
      expect(keptSecret({ data: { 'tls.crt': base64(value) } })).toEqual({ data: { 'tls.crt': '' } });
    }
  });

  it('keeps that a certificate is none, not what stands there instead', () => {
    expect(keptSecret({ data: { 'tls.crt': base64('my password') } })).toEqual({
      data: { 'tls.crt': base64('not PEM') },
    });
  });

  it('survives data of any shape', () => {
    expect(keptSecret({ data: null })).toEqual({ data: {} });
    expect(keptSecret({ data: { 'tls.crt': 5 } })).toEqual({ data: { 'tls.crt': '' } });
  });
});
