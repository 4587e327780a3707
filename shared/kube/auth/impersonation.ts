import type { Impersonation } from '../config/entries.ts';
import { ClusterError } from '../ports.ts';

/**
 * The headers that ask the server to act as somebody else. Source: Kubernetes docs, "User impersonation"; client-go
 * `transport.impersonatingRoundTripper`. Groups, uid or extra fields without a user are refused, as client-go does.
 */
export function impersonationHeaders(as: Impersonation): Readonly<Record<string, string | readonly string[]>> {
  const extras = Object.entries(as.extra);
  if (as.user === undefined) {
    if (as.uid === undefined && as.groups.length === 0 && extras.length === 0) return {};
    throw new ClusterError(
      'config',
      'Groups or a uid are to be impersonated, but no user.',
      'Add --as USER; --as-group and --as-uid only count together with it.',
    );
  }
  const headers: Record<string, string | readonly string[]> = { 'impersonate-user': as.user };
  if (as.uid !== undefined) headers['impersonate-uid'] = as.uid;
  if (as.groups.length > 0) headers['impersonate-group'] = as.groups;
  for (const [key, values] of extras) headers[`impersonate-extra-${escapeKey(key)}`] = values;
  return headers;
}

/** Percent-encodes what a header name cannot hold, and the percent sign itself (client-go `headerKeyEscape`). */
function escapeKey(key: string): string {
  let result = '';
  for (const byte of Buffer.from(key, 'utf8')) {
    const char = String.fromCharCode(byte);
    result += /[!#$&'*+.^_`|~0-9A-Za-z-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}
