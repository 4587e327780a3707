import { describe, expect, it } from 'vitest';
import { ClusterError } from '../ports.ts';
import { StalledError } from './exchange.ts';
import { explainFault } from './explain-fault.ts';

const asked = { server: 'https://api.example:6443', via: 'context "prod"' };
const withCode = (code: string, message = ''): Error => Object.assign(new Error(message), { code });
const words = (error: unknown): string => {
  const { kind, message, hint } = explainFault(error, asked) ?? {};
  return `${kind}: ${message} ${hint}`;
};

describe('faults of a connection', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable: https://api.example:6443 refused the connection'],
    ['ENOTFOUND', 'unreachable: The name of the server https://api.example:6443 does not resolve.'],
    ['EAI_AGAIN', 'no DNS server answered'],
    ['EHOSTUNREACH', 'unreachable: There is no route to https://api.example:6443.'],
    ['ENETUNREACH', 'no route'],
    ['ETIMEDOUT', 'timeout: https://api.example:6443 did not accept a connection in time.'],
    ['EPIPE', 'closed the connection again and again'],
    ['CERT_NOT_YET_VALID', 'Check the clock of this machine.'],
    ['CERT_REVOKED', 'it was revoked'],
    ['HPE_INVALID_CONSTANT', 'protocol: What listens at https://api.example:6443 does not speak HTTP.'],
    ['ERR_INVALID_CHAR', 'config: '],
  ])('%s', (code, expected) => {
    expect(words(withCode(code))).toContain(expected);
  });

  it('of several addresses are told by the first', () => {
    expect(words(new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]))).toContain('refused');
  });

  it('name where the server comes from', () => {
    expect(words(withCode('ENOTFOUND'))).toContain('The server comes from context "prod".');
  });

  it('tell a refused client certificate from a refused server', () => {
    const alert = 'ssl3_read_bytes:sslv3 alert bad certificate:ssl/record/rec_layer_s3.c:1590:SSL alert number 42';
    expect(words(withCode('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', alert))).toMatch(
      /^unauthorized: .*refused the client certi/,
    );
    const required =
      'tlsv13 alert certificate required:../deps/openssl/ssl/record/rec_layer_s3.c:1605:SSL alert number 116';
    expect(words(withCode('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', required))).toMatch(/^unauthorized: /);
  });

  it('give the words of OpenSSL without its numbers', () => {
    const text =
      'C0E6:error:0A000102:SSL routines:ssl_choose_client_version:unsupported protocol:../ssl/statem.c:1998:';
    expect(words(withCode('EPROTO', text))).toContain('could be agreed: unsupported protocol.');
  });

  it('say how far a silent server had come', () => {
    expect(words(new StalledError(15_000, 'connect'))).toMatch(
      /^timeout: .* did not accept a connection within 15 s\./,
    );
    expect(
      explainFault(new StalledError(1000, 'connect'), { ...asked, proxy: 'http://proxy:3128' })?.message,
    ).toContain('through the proxy http://proxy:3128');
  });

  it('that are explained already stay as they are, and what is none is left alone', () => {
    const known = new ClusterError('config', 'a', 'b');
    expect(explainFault(known, asked)).toBe(known);
    expect(explainFault(new TypeError('our own bug'), asked)).toBeUndefined();
    expect(explainFault(undefined, asked)).toBeUndefined();
  });
});
