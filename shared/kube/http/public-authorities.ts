import tls from 'node:tls';

/** Node 22.19 and newer. */
interface DefaultAuthorities {
  setDefaultCACertificates?(certificates: readonly string[]): void;
  getCACertificates?(type: 'bundled' | 'extra'): string[];
}

let leftOut = false;

/**
 * Spares the reading of the 150 public authorities that Node brings, for a server that is judged by its own. Node parses
 * them before it makes any context, also one with `ca` (`SecureContext::AddCACert` compares with the store of all), which
 * takes longer than the handshake. What a context with `ca` trusts does not change.
 */
export function leaveOutPublicAuthorities(own: string): void {
  const { setDefaultCACertificates } = tls as DefaultAuthorities;
  if (leftOut || setDefaultCACertificates === undefined) return;
  try {
    setDefaultCACertificates([own]);
    leftOut = true;
  } catch {
    // A file that holds no certificate: the context that is made of it says so.
  }
}

/** Brings them back for a server that no authority is configured for, with those of NODE_EXTRA_CA_CERTS. */
export function bringPublicAuthorities(): void {
  const { setDefaultCACertificates, getCACertificates } = tls as DefaultAuthorities;
  if (!leftOut || setDefaultCACertificates === undefined || getCACertificates === undefined) return;
  setDefaultCACertificates([...getCACertificates('bundled'), ...getCACertificates('extra')]);
  leftOut = false;
}
