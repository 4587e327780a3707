/** OpenSSL's names for a certificate that no known authority vouches for (X509_V_ERR_…). */
const CODES: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
]);

/** Whether the code of a fault says that the server's certificate is signed by an unknown authority. */
export function isUnknownAuthority(code: string): boolean {
  return CODES.has(code);
}
