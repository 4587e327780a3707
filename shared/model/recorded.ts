/**
 * Annotation on a TLS Secret in a recording, where the private key is left out: to which certificate in tls.crt the key
 * belonged. `1` for the first one as it should be, `2` and so on for a later one, `none`, or `unreadable`.
 */
export const KEY_BELONGS_TO = 'kubectl-net/key-belongs-to-certificate';
