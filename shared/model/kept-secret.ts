type Json = Readonly<Record<string, unknown>>;

/** The values of a TLS Secret that a check compares; certificates are public, the key stays in memory. */
const TLS_KEYS: ReadonlySet<string> = new Set(['tls.crt', 'tls.key', 'ca.crt']);

/** Some controllers keep a Secret's value in an annotation too; only well-known keys are let through. */
const PLAIN_ANNOTATION = /(^|\.)(kubernetes\.io|cert-manager\.io)\/|^kubectl-net\//;

/**
 * A Secret as it may be held: its type, the names of its keys and, unless it is one of a whole list, certificate and
 * key. Other values become empty, so that a missing key can still be told from a value that was not kept. Redacted
 * values, such as the `542 bytes long` of a must-gather, are emptied too: they are no certificate.
 */
export function keptSecret(secret: Json, ofList = false): Json {
  const { data, stringData, metadata, ...rest } = secret;
  const kept: Record<string, string> = {};
  const keep = (from: unknown, text: (value: string) => string): void => {
    for (const [key, value] of Object.entries(asRecord(from))) {
      const isKept = !ofList && TLS_KEYS.has(key) && typeof value === 'string';
      kept[key] = isKept ? pemOnly(text(value)) : '';
    }
  };
  keep(stringData, (value) => Buffer.from(value, 'utf8').toString('latin1'));
  keep(data, (value) => Buffer.from(value, 'base64').toString('latin1'));
  return {
    ...rest,
    ...(metadata === undefined ? {} : { metadata: withPlainAnnotations(asRecord(metadata)) }),
    // A list that was read without data must not look like a Secret without keys.
    ...(data === undefined && stringData === undefined ? {} : { data: kept }),
  };
}

/** What stands there instead of a certificate may be anything: kept is only that it is none. */
function pemOnly(text: string): string {
  if (text.includes('-----BEGIN ')) return Buffer.from(text, 'latin1').toString('base64');
  const redacted =
    text.trim() === '' || /^(\d+ bytes long|[*xX.]+|<?\[?redacted\]?>?|\*{3}HIDDEN\*{3})$/i.test(text.trim());
  return redacted ? '' : Buffer.from('not PEM').toString('base64');
}

function withPlainAnnotations(metadata: Json): Json {
  if (metadata.annotations === undefined) return metadata;
  const plain = Object.entries(asRecord(metadata.annotations)).filter(([key]) => PLAIN_ANNOTATION.test(key));
  return { ...metadata, annotations: Object.fromEntries(plain) };
}

function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
