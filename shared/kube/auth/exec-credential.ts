import type { ExecEntry } from '../config/entries.ts';
import { fieldsOf, textOf } from '../config/fields.ts';
import type { KeyPair } from '../config/read-pem.ts';
import { ClusterError } from '../ports.ts';
import { bearer } from './bearer.ts';

export interface ExecCredential {
  /** The value of the Authorization header. */
  readonly token?: string;
  readonly keyPair?: KeyPair;
  readonly expires: number | undefined;
}

/**
 * Reads what an exec plugin printed. Throws ClusterError('config') when it is not an ExecCredential of the version that
 * the kubeconfig asks for. The output holds secrets, so no message repeats it.
 */
export function parseExecCredential(output: string, exec: ExecEntry): ExecCredential {
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch {
    throw broken(exec, output.trim() === '' ? 'printed nothing' : 'printed something that is not JSON');
  }
  const { kind, apiVersion, status } = fieldsOf(parsed);
  if (kind !== 'ExecCredential') throw broken(exec, 'printed JSON that is not an ExecCredential');
  if (apiVersion !== exec.apiVersion) {
    throw broken(exec, `answered in ${String(apiVersion)}, but the kubeconfig asks for ${exec.apiVersion}`);
  }
  const fields = fieldsOf(status);
  const token = textOf(fields.token);
  const cert = textOf(fields.clientCertificateData);
  const key = textOf(fields.clientKeyData);
  if ((cert === undefined) !== (key === undefined)) throw broken(exec, 'gave only half of a client certificate');
  if (token === undefined && cert === undefined) throw broken(exec, 'gave neither a token nor a certificate');
  const expires = Date.parse(textOf(fields.expirationTimestamp) ?? '');
  return {
    ...(token === undefined ? {} : { token: bearer(token, `the plugin ${exec.command}`) }),
    ...(cert === undefined || key === undefined ? {} : { keyPair: { cert, key } }),
    expires: Number.isNaN(expires) ? undefined : expires,
  };
}

function broken(exec: ExecEntry, what: string): ClusterError {
  return new ClusterError(
    'config',
    `The login plugin ${exec.command} ${what}.`,
    `Run it by hand to see its answer, or update it: ${[exec.command, ...exec.args].join(' ')}`,
  );
}
