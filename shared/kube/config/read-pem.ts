import { readFile } from 'node:fs/promises';
import { ClusterError } from '../ports.ts';
import type { ClusterEntry, UserEntry } from './entries.ts';

/** A client certificate with its key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The PEM bundle of authorities to trust, undefined to trust the system's. */
export async function readAuthorities(cluster: ClusterEntry): Promise<string | undefined> {
  return pem(cluster.caData, cluster.caFile, 'certificate-authority', `cluster "${cluster.name}"`);
}

/** The client certificate of the user, undefined when there is none. Half a pair is an error, as in client-go. */
export async function readKeyPair(user: UserEntry): Promise<KeyPair | undefined> {
  const owner = `user "${user.name}"`;
  const [cert, key] = await Promise.all([
    pem(user.certData, user.certFile, 'client-certificate', owner),
    pem(user.keyData, user.keyFile, 'client-key', owner),
  ]);
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) return { cert, key };
  const [has, lacks] = cert === undefined ? ['client-key', 'client-certificate'] : ['client-certificate', 'client-key'];
  throw new ClusterError(
    'config',
    `The kubeconfig's ${owner} has a ${has} but no ${lacks}.`,
    `Add the ${lacks}, or pass --client-certificate and --client-key.`,
  );
}

/** Data wins over a file (client-go `rest.dataFromSliceOrFile`). */
async function pem(
  data: string | undefined,
  file: string | undefined,
  field: string,
  owner: string,
): Promise<string | undefined> {
  if (data === undefined && file === undefined) return undefined;
  const where = data === undefined ? `${field} ${file}` : `${field}-data`;
  const text =
    data === undefined ? await fileText(file ?? '', field, owner) : Buffer.from(data, 'base64').toString('utf8');
  if (text.includes('-----BEGIN ')) return text;
  throw new ClusterError(
    'config',
    `The ${where} of ${owner} holds no PEM block (-----BEGIN …).`,
    `Put a PEM ${field === 'client-key' ? 'key' : 'certificate'} there${data === undefined ? '' : ', encoded as base64'}.`,
  );
}

async function fileText(file: string, field: string, owner: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'permission denied' : (code ?? String(error));
    throw new ClusterError(
      'config',
      `The ${field} ${file} of ${owner} cannot be read: ${why}.`,
      'Mend the path in the kubeconfig (it is relative to the kubeconfig itself).',
    );
  }
}
