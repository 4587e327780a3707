import type { KeyPair } from '../config/read-pem.ts';

/** What proves who is asking. A new object means new credentials. */
export interface Credentials {
  /** The value of the Authorization header. */
  readonly authorization?: string;
  readonly keyPair?: KeyPair;
}

export interface CredentialSource {
  /** Kept until they expire; several requests at once ask once. */
  current(): Promise<Credentials>;
  /** Newer ones than those that the server refused with 401, or undefined when there are none. */
  renew(refused: Credentials): Promise<Credentials | undefined>;
}
