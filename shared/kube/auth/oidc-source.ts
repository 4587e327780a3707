import { readFile } from 'node:fs/promises';
import type { Runtime } from '../../runtime/runtime.ts';
import type { UserEntry } from '../config/entries.ts';
import { chooseProxy } from '../http/choose-proxy.ts';
import { createRoute } from '../http/route.ts';
import { send } from '../http/send.ts';
import { ClusterError } from '../ports.ts';
import { bearer } from './bearer.ts';
import type { CredentialSource, Credentials } from './credential-source.ts';
import { saveTokens } from './save-tokens.ts';

type Provider = NonNullable<UserEntry['authProvider']>;

/**
 * Credentials of the legacy auth provider `oidc`: the id-token while it is valid, else a new one for the refresh-token,
 * kept in the kubeconfig as kubectl does, because many providers accept a refresh token only once. Own code:
 * client-node forgets the client-secret and never saves the new tokens. Source: client-go `plugin/pkg/client/auth/oidc`.
 */
export function createOidcSource(
  user: UserEntry,
  provider: Provider,
  base: Credentials,
  runtime: Runtime,
): CredentialSource {
  if (provider.name !== 'oidc') throw removedProvider(provider.name, user.name);
  let tokens: Tokens = { id: provider.config['id-token'] ?? '', refresh: provider.config['refresh-token'] ?? '' };
  let held: Credentials | undefined;
  let pending: Promise<Credentials> | undefined;
  const renewOnce = (): Promise<Credentials> => {
    pending ??= (async () => {
      const fresh = await refresh(user, provider, tokens, runtime);
      await saveTokens(
        user.file,
        [
          [tokens.id, fresh.id],
          [tokens.refresh, fresh.refresh],
        ],
        runtime,
      );
      tokens = fresh;
      held = { ...base, authorization: bearer(fresh.id, `user "${user.name}"`) };
      return held;
    })().finally(() => {
      pending = undefined;
    });
    return pending;
  };
  return {
    async current() {
      if (tokens.id === '' || expired(tokens.id, runtime.now())) return renewOnce();
      held ??= { ...base, authorization: bearer(tokens.id, `user "${user.name}"`) };
      return held;
    },
    async renew(refused) {
      if (held !== undefined && held !== refused) return held;
      return tokens.refresh === '' ? undefined : renewOnce();
    },
  };
}

interface Tokens {
  readonly id: string;
  readonly refresh: string;
}

function removedProvider(name: string, user: string): ClusterError {
  const plugin = name === 'gcp' ? 'gke-gcloud-auth-plugin' : name === 'azure' ? 'kubelogin' : 'an exec plugin';
  return new ClusterError(
    'config',
    `User "${user}" logs in with the auth provider "${name}", which kubectl no longer supports.`,
    `Use ${plugin} instead and create the kubeconfig anew.`,
  );
}

/** Ten seconds early, so that the token still counts when it arrives. A token that cannot be read is sent as it is. */
function expired(token: string, now: Date): boolean {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      exp?: unknown;
    };
    return typeof exp === 'number' && exp * 1000 - 10_000 < now.getTime();
  } catch {
    return false;
  }
}

async function refresh(user: UserEntry, { config }: Provider, old: Tokens, runtime: Runtime): Promise<Tokens> {
  const issuer = config['idp-issuer-url'] ?? '';
  const clientId = config['client-id'] ?? '';
  if (old.refresh === '' || issuer === '' || clientId === '') {
    throw loginExpired(user, 'its id-token has expired and there is no refresh-token');
  }
  const authorities = await issuerAuthorities(config);
  const discovery = await askJson(
    `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    authorities,
    runtime,
  );
  const endpoint = discovery.body.token_endpoint;
  if (typeof endpoint !== 'string')
    throw loginExpired(user, `${issuer} does not name a token endpoint (${discovery.status})`);
  const secret = config['client-secret'] ?? '';
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: old.refresh });
  // client-go tries the client's credentials in the header first, then in the form.
  const basic = `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`;
  let answer = await askJson(endpoint, authorities, runtime, form.toString(), { authorization: basic });
  if (answer.status !== 200) {
    form.set('client_id', clientId);
    if (secret !== '') form.set('client_secret', secret);
    answer = await askJson(endpoint, authorities, runtime, form.toString());
  }
  const { id_token: id, refresh_token: next } = answer.body;
  if (typeof id !== 'string' || id === '') {
    throw loginExpired(user, `${issuer} refused the refresh-token: ${String(answer.body.error ?? answer.status)}`);
  }
  return { id, refresh: typeof next === 'string' && next !== '' ? next : old.refresh };
}

async function issuerAuthorities(config: Readonly<Record<string, string>>): Promise<string | undefined> {
  const data = config['idp-certificate-authority-data'] ?? '';
  if (data !== '') return Buffer.from(data, 'base64').toString('utf8');
  const file = config['idp-certificate-authority'] ?? '';
  if (file === '') return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new ClusterError(
      'config',
      `The idp-certificate-authority ${file} cannot be read.`,
      'Mend the auth-provider entry of the kubeconfig.',
    );
  }
}

interface JsonAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const ISSUER_MS = 15_000;

async function askJson(
  address: string,
  authorities: string | undefined,
  runtime: Runtime,
  form?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const url = new URL(address);
  const route = await createRoute({
    server: url,
    authorities,
    // An identity provider of the company's own: kubectl trusts the system's authorities.
    trustSystem: true,
    keyPair: undefined,
    insecure: false,
    tlsServerName: undefined,
    proxy: chooseProxy(url, undefined, runtime.env),
    connectMs: ISSUER_MS,
  });
  try {
    const answer = await send(url, route, {
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: form }),
      signal: runtime.signal,
      idleMs: ISSUER_MS,
      totalMs: 0,
    });
    return { status: answer.status, body: parseObject(answer.body.toString('utf8')) };
  } catch (error) {
    runtime.signal.throwIfAborted();
    const why =
      error instanceof Error && error.message !== '' ? error.message : String((error as NodeJS.ErrnoException).code);
    throw new ClusterError(
      'unauthorized',
      `The login could not be renewed: ${url.origin} did not answer (${why}).`,
      'Check the network to the identity provider, then log in again.',
    );
  } finally {
    route.agent.destroy();
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function loginExpired(user: UserEntry, why: string): ClusterError {
  return new ClusterError(
    'unauthorized',
    `The login of user "${user.name}" (oidc) cannot be renewed: ${why}.`,
    'Log in again at your identity provider, so that the kubeconfig holds fresh tokens.',
  );
}
