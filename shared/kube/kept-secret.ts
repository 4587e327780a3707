import type { Secret } from '../model/objects.ts';

/** The values of a TLS Secret that a check compares. They stay in memory and are never printed or saved. */
const TLS_KEYS: ReadonlySet<string> = new Set(['tls.crt', 'tls.key', 'ca.crt']);

/** Some controllers keep a Secret's value in an annotation too; only well-known keys are let through. */
const PLAIN_ANNOTATION = /(^|\.)(kubernetes\.io|cert-manager\.io)\//;

/**
 * A Secret as it may be held: its type, the names of its keys and, when it was asked for by name, certificate and key.
 * Other values become empty, so that a missing key can still be told from a value that was not kept; a certificate that
 * is none becomes `not PEM`, because it may be anything.
 */
export function keptSecret(secret: Secret, single: boolean): Secret {
  const { data, metadata, stringData: _written, ...rest } = secret as Secret & { readonly stringData?: unknown };
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(data ?? {})) kept[key] = single && TLS_KEYS.has(key) ? pemOnly(value) : '';
  const annotations = Object.entries(metadata?.annotations ?? {}).filter(([key]) => PLAIN_ANNOTATION.test(key));
  return {
    ...rest,
    ...(metadata === undefined
      ? {}
      : {
          metadata:
            metadata.annotations === undefined
              ? metadata
              : { ...metadata, annotations: Object.fromEntries(annotations) },
        }),
    ...(data === undefined || data === null ? {} : { data: kept }),
  };
}

function pemOnly(value: string): string {
  const text = Buffer.from(value, 'base64').toString('latin1');
  if (text.trim() === '') return '';
  return text.includes('-----BEGIN ') ? value : Buffer.from('not PEM').toString('base64');
}
