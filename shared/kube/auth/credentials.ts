import { readFile } from 'node:fs/promises';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Target } from '../config/choose-target.ts';
import { readKeyPair } from '../config/read-pem.ts';
import { ClusterError } from '../ports.ts';
import { bearer } from './bearer.ts';
import type { CredentialSource, Credentials } from './credential-source.ts';
import { createExecSource } from './exec-source.ts';
import { createOidcSource } from './oidc-source.ts';

/**
 * Where the user's credentials come from, in client-go's order: token or token file, name and password, auth
 * provider, exec plugin; a client certificate goes along with any of them. Nothing is sent over plain http, as in
 * client-go, where `kubectl proxy` is asked without credentials.
 */
export async function createCredentialSource(target: Target, runtime: Runtime): Promise<CredentialSource> {
  const { user, server } = target;
  if (server.protocol === 'http:') return fixed({});
  const keyPair = await readKeyPair(user);
  const base: Credentials = keyPair === undefined ? {} : { keyPair };
  if (user.tokenFile !== undefined) return createTokenFileSource(user.tokenFile, user.token, base, runtime);
  if (user.token !== undefined) return fixed({ ...base, authorization: bearer(user.token, `user "${user.name}"`) });
  if (user.username !== undefined) {
    const pair = `${user.username}:${user.password ?? ''}`;
    return fixed({ ...base, authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
  }
  if (user.authProvider !== undefined) return createOidcSource(user, user.authProvider, base, runtime);
  if (user.exec !== undefined) return createExecSource(user.exec, target, base, runtime);
  return fixed(base);
}

function fixed(credentials: Credentials): CredentialSource {
  return { current: async () => credentials, renew: async () => undefined };
}

/** How long a token file's content is trusted: the kubelet and cloud agents rewrite it (client-go: one minute). */
const TOKEN_FILE_MS = 60_000;

/** The file wins over a token beside it as long as it can be read (client-go `BearerAuthWithRefreshRoundTripper`). */
function createTokenFileSource(
  file: string,
  fallback: string | undefined,
  base: Credentials,
  runtime: Runtime,
): CredentialSource {
  let known: { readonly credentials: Credentials; readonly at: number } | undefined;
  const read = async (): Promise<Credentials> => {
    const token = (await tokenText(file)) ?? fallback;
    if (token === undefined) {
      throw new ClusterError(
        'config',
        `The token file ${file} cannot be read or is empty.`,
        'Mend tokenFile in the kubeconfig, or pass --token.',
      );
    }
    const authorization = bearer(token, `token file ${file}`);
    const credentials =
      known?.credentials.authorization === authorization ? known.credentials : { ...base, authorization };
    known = { credentials, at: runtime.now().getTime() };
    return credentials;
  };
  return {
    async current() {
      const age = known === undefined ? Number.POSITIVE_INFINITY : runtime.now().getTime() - known.at;
      return known !== undefined && age >= 0 && age < TOKEN_FILE_MS ? known.credentials : read();
    },
    async renew(refused) {
      const fresh = await read();
      return fresh === refused ? undefined : fresh;
    },
  };
}

async function tokenText(file: string): Promise<string | undefined> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
