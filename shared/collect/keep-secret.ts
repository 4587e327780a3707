type Json = Readonly<Record<string, unknown>>;

/** Keys whose values a TLS check compares; certificates are public, the key stays in memory and is never written. */
const KEPT = ['tls.crt', 'tls.key', 'ca.crt'];

/**
 * A Secret as it may be held: type, names of its keys, and of a TLS Secret certificate and key. Every other value
 * becomes an empty string, so that "this key is missing" can still be told from "the value was not kept". Redacted
 * values, such as the `542 bytes long` of a must-gather, are emptied as well: they are no certificate.
 */
export function keptSecret(secret: Json): Json {
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(asRecord(secret.stringData))) {
    data[key] = KEPT.includes(key) && typeof value === 'string' ? keptText(value) : '';
  }
  for (const [key, value] of Object.entries(asRecord(secret.data))) {
    data[key] = KEPT.includes(key) && typeof value === 'string' ? keptBase64(value) : '';
  }
  const { stringData, data: old, ...rest } = secret;
  // A list that was read without data must not look like a Secret without keys.
  return stringData === undefined && old === undefined ? rest : { ...rest, data };
}

function keptBase64(value: string): string {
  const text = Buffer.from(value, 'base64').toString('latin1');
  return isPem(text) ? value : notPem(text);
}

function keptText(value: string): string {
  return isPem(value) ? Buffer.from(value, 'utf8').toString('base64') : notPem(value);
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

/** What stands there instead of a certificate may be anything: kept is only that it is none. */
function notPem(text: string): string {
  const redacted =
    text.trim() === '' || /^(\d+ bytes long|[*xX.]+|<?\[?redacted\]?>?|\*{3}HIDDEN\*{3})$/i.test(text.trim());
  return redacted ? '' : Buffer.from('not PEM').toString('base64');
}

function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
