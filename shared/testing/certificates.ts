import { generateKeyPairSync, sign } from 'node:crypto';

export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
}

/**
 * A self-signed certificate (ECDSA P-256) for the given DNS names; `from` and `until` are ISO times. Written in DER by
 * hand (RFC 5280, section 4.1), so that tests need no other program and choose their dates freely.
 */
export function makeCertificate(names: readonly string[], from: string, until: string): MadeCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signedWith = sequence(oid([1, 2, 840, 10045, 4, 3, 2]));
  const name = sequence(tagged(0x31, sequence(oid([2, 5, 4, 3]), tagged(0x0c, Buffer.from(names[0] ?? 'none')))));
  const alternatives = sequence(...names.map((dns) => tagged(0x82, Buffer.from(dns))));
  const extensions =
    names.length === 0 ? [] : [tagged(0xa3, sequence(sequence(oid([2, 5, 29, 17]), tagged(0x04, alternatives))))];
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1])),
    signedWith,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...extensions,
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const base64 = sequence(body, signedWith, signature).toString('base64');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function tagged(tag: number, content: Buffer): Buffer {
  const length = content.length;
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** The first two numbers share a byte; the others are written in groups of seven bits. */
function oid([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const groups = [number & 127];
    for (let left = number >> 7; left > 0; left >>= 7) groups.unshift((left & 127) | 128);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

/** GeneralizedTime, `YYYYMMDDHHMMSSZ`. */
function time(iso: string): Buffer {
  return tagged(0x18, Buffer.from(`${iso.replace(/[-:TZ]|\.\d+/g, '')}Z`));
}
