import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate with its key, both PEM. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  readonly name?: string;
  /** Organization, which Kubernetes reads as the group. */
  readonly organization?: string;
  /** DNS names and addresses that it is valid for. */
  readonly hosts?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
}

/** An authority made for one test. */
export interface TestAuthority {
  readonly cert: string;
  issue(options?: CertificateOptions): CertifiedKey;
  /** An authority below this one. */
  intermediate(name: string): TestAuthority;
}

/**
 * A certificate authority in memory (RFC 5280, P-256 keys), so that tests of TLS need neither openssl nor stored keys
 * that expire.
 */
export function createTestAuthority(name = 'test authority'): TestAuthority {
  const keys = newKeys();
  const cert = certificate({ name }, keys.publicKey, { name }, keys.privateKey, true);
  return authority({ name }, cert, keys.privateKey);
}

function authority(subject: Subject, cert: string, key: KeyObject): TestAuthority {
  return {
    cert,
    issue(options = {}) {
      const keys = newKeys();
      const named = {
        name: options.name ?? 'test',
        ...(options.organization === undefined ? {} : { organization: options.organization }),
      };
      return {
        cert: certificate(named, keys.publicKey, subject, key, false, options),
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
    intermediate(name) {
      const keys = newKeys();
      return authority({ name }, certificate({ name }, keys.publicKey, subject, key, true), keys.privateKey);
    },
  };
}

function newKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

interface Subject {
  readonly name: string;
  readonly organization?: string;
}

const DAY = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));

function certificate(
  subject: Subject,
  publicKey: KeyObject,
  issuer: Subject,
  issuerKey: KeyObject,
  isAuthority: boolean,
  { hosts = [], from = new Date(Date.now() - DAY), until = new Date(Date.now() + DAY) }: CertificateOptions = {},
): string {
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    sequence(time(from), time(until)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(publicKey, isAuthority, hosts))),
  );
  const signature = sign('sha256', body, issuerKey);
  return pem(sequence(body, ECDSA_WITH_SHA256, tagged(0x03, Buffer.from([0]), signature)));
}

function extensions(publicKey: KeyObject, isAuthority: boolean, hosts: readonly string[]): readonly Buffer[] {
  const keyId = createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
  const result = [extension(oid(2, 5, 29, 14), tagged(0x04, keyId))];
  if (isAuthority) result.push(extension(oid(2, 5, 29, 19), sequence(tagged(0x01, Buffer.from([0xff]))), true));
  if (hosts.length > 0) result.push(extension(oid(2, 5, 29, 17), sequence(...hosts.map(alternativeName))));
  return result;
}

function extension(id: Buffer, value: Buffer, critical = false): Buffer {
  return sequence(id, ...(critical ? [tagged(0x01, Buffer.from([0xff]))] : []), tagged(0x04, value));
}

function alternativeName(host: string): Buffer {
  if (isIP(host) === 4) return tagged(0x87, Buffer.from(host.split('.').map(Number)));
  if (host === '::1') return tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]));
  return tagged(0x82, Buffer.from(host, 'ascii'));
}

function distinguishedName({ name, organization }: Subject): Buffer {
  const part = (id: Buffer, text: string): Buffer =>
    tagged(0x31, sequence(id, tagged(0x0c, Buffer.from(text, 'utf8'))));
  return sequence(
    ...(organization === undefined ? [] : [part(oid(2, 5, 4, 10), organization)]),
    part(oid(2, 5, 4, 3), name),
  );
}

/** GeneralizedTime, which holds every year. */
function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`, 'ascii'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

/** DER: a tag, the length and the content (X.690 §8.1.3). */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(first: number, second: number, ...rest: readonly number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const value of rest) {
    const groups = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
