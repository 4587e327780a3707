import { createPrivateKey, X509Certificate } from 'node:crypto';

/** What a TLS check asks of a certificate. */
export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and addresses of the subjectAltName extension; clients look at nothing else (RFC 9110, section 4.3.4). */
  readonly names: readonly string[];
  readonly commonName: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly selfSigned: boolean;
  /** The PEM block it was read from. */
  readonly pem: string;
}

const BLOCK = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** The certificates of a PEM text in their order, the server's own first by rule. Undefined when one cannot be read. */
export function readCertificates(pem: string): readonly Certificate[] | undefined {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) return undefined;
  const certificates: Certificate[] = [];
  for (const block of blocks) {
    const certificate = readCertificate(block);
    if (certificate === undefined) return undefined;
    certificates.push(certificate);
  }
  return certificates;
}

function readCertificate(pem: string): Certificate | undefined {
  try {
    const parsed = new X509Certificate(pem);
    const subject = oneLine(parsed.subject);
    return {
      subject,
      issuer: oneLine(parsed.issuer),
      names: namesIn(parsed.subjectAltName ?? ''),
      commonName: /(?:^|, )CN=([^,]*)/.exec(subject)?.[1] ?? '',
      notBefore: Date.parse(parsed.validFrom),
      notAfter: Date.parse(parsed.validTo),
      selfSigned: parsed.subject === parsed.issuer,
      pem,
    };
  } catch {
    return undefined;
  }
}

/** Node gives distinguished names with a line per part. */
function oneLine(name: string): string {
  return (name ?? '').split('\n').join(', ');
}

/** `DNS:a.example, IP Address:192.0.2.1` as a list; a name with odd characters stands in quotes. */
function namesIn(extension: string): readonly string[] {
  return extension
    .split(', ')
    .map((entry) => /^(?:DNS|IP Address):"?(.*?)"?$/.exec(entry)?.[1] ?? '')
    .filter((name) => name !== '');
}

/**
 * Whether a certificate holds for a host. A wildcard stands for exactly one label, the leftmost (RFC 6125 section 6.4.3);
 * a host that is itself a wildcard (`*.example.com` in an Ingress) needs the same wildcard.
 */
export function coversHost(certificate: Certificate, host: string): boolean {
  const wanted = host.toLowerCase().replace(/\.$/, '');
  return certificate.names.some((entry) => {
    const name = entry.toLowerCase();
    if (name === wanted) return true;
    if (!name.startsWith('*.') || wanted.startsWith('*.')) return false;
    const dot = wanted.indexOf('.');
    return dot > 0 && wanted.slice(dot + 1) === name.slice(2);
  });
}

/** Whether a private key belongs to a certificate; undefined when the key cannot be read (encrypted, or none at all). */
export function keyBelongs(certificate: Certificate, keyPem: string): boolean | undefined {
  try {
    return new X509Certificate(certificate.pem).checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    return undefined;
  }
}
