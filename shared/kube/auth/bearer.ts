import { ClusterError } from '../ports.ts';

/** `Bearer TOKEN`; a token that cannot stand in a header is a broken kubeconfig, and is not repeated in the message. */
export function bearer(token: string, source: string): string {
  const trimmed = token.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return `Bearer ${trimmed}`;
  throw new ClusterError(
    'config',
    `The token of ${source} contains blanks or line breaks.`,
    'Write the token on one line, without blanks.',
  );
}
