import type { Runtime } from '../runtime/runtime.ts';
import { parseDuration } from '../util/duration.ts';
import { createCredentialSource } from './auth/credentials.ts';
import { impersonationHeaders } from './auth/impersonation.ts';
import { chooseTarget, isEmpty, type Target } from './config/choose-target.ts';
import { findInCluster } from './config/in-cluster.ts';
import { loadKubeConfigFiles } from './config/load-files.ts';
import { type KeyPair, readAuthorities } from './config/read-pem.ts';
import { chooseProxy } from './http/choose-proxy.ts';
import { createRoute } from './http/route.ts';
import { createTransport, type RequestNote } from './http/transport.ts';
import { type Ask, createAsk } from './interpret.ts';
import { unauthorizedError } from './login-hint.ts';
import { ClusterError, type ClusterReader, type ConnectionOptions } from './ports.ts';
import { createReader, type Forwarding } from './reader.ts';

/** What the program around may set; none of it comes from the user. */
export interface ConnectSettings {
  /** For the user agent: `kubectl-net/VERSION`. */
  readonly version?: string;
  /** Told of every request, for `-v`. */
  readonly onRequest?: (note: RequestNote) => void;
  /** For programs that open port-forwards. */
  readonly forwarding?: Forwarding | undefined;
  /** Where a pod's service account is mounted; another folder in tests. */
  readonly serviceAccountDir?: string;
}

/** Milliseconds of silence after which a request is given up when the user sets no limit. */
const DEFAULT_IDLE_MS = 15_000;

/**
 * Finds the cluster as kubectl does and returns a reader of it. Only files are read and a login plugin is run here; the
 * first question connects.
 * Throws ClusterError('config') when kubeconfig or flags do not lead to a server.
 */
export async function connect(
  options: ConnectionOptions,
  runtime: Runtime,
  settings: ConnectSettings = {},
): Promise<ClusterReader> {
  const timeout = requestTimeout(options.requestTimeout);
  const config = await loadKubeConfigFiles(options.kubeconfig, runtime);
  const inCluster = isEmpty(config) ? await findInCluster(runtime, settings.serviceAccountDir) : undefined;
  const target = chooseTarget(config, inCluster, options, runtime);
  const [authorities, credentials] = await Promise.all([
    readAuthorities(target.cluster),
    createCredentialSource(target, runtime),
  ]);
  // A login plugin may ask questions, so it runs before anybody shows progress on the same terminal.
  if (target.user.exec !== undefined) await credentials.current();
  const proxy = chooseProxy(target.server, target.cluster.proxyUrl, runtime.env);
  let presented: KeyPair | undefined;

  const transport = createTransport({
    server: target.server,
    credentials,
    mayTrustSystem: authorities === undefined && !target.cluster.insecure,
    route: ({ keyPair }, trustSystem) => {
      presented = keyPair;
      return createRoute({
        server: target.server,
        authorities,
        trustSystem,
        keyPair,
        insecure: target.cluster.insecure,
        tlsServerName: target.cluster.tlsServerName,
        proxy,
        connectMs: timeout.idleMs,
      });
    },
    headers: {
      'user-agent': `kubectl-net/${settings.version ?? 'dev'}`,
      ...impersonationHeaders(target.user.impersonate),
    },
    compress: !target.cluster.disableCompression,
    signal: runtime.signal,
    ...timeout,
    ...(settings.onRequest === undefined ? {} : { onRequest: settings.onRequest }),
    now: () => runtime.now().getTime(),
  });
  const server = serverText(target);
  const newAsk = (): Ask =>
    createAsk({
      transport,
      asked: {
        server,
        via: originOf(target, options),
        ...(proxy === undefined ? {} : { proxy: `${proxy.protocol}//${proxy.host}` }),
      },
      signal: runtime.signal,
      unauthorized: (anonymous) =>
        unauthorizedError({
          target,
          keyPair: presented,
          tokenFlag: Boolean(options.token),
          anonymous,
          now: runtime.now(),
        }),
      anonymous: target.user.impersonate.user === undefined,
    });
  return createReader(
    { context: target.context ?? server, server, namespace: target.namespace },
    transport,
    newAsk,
    settings.forwarding,
  );
}

/** The server as the user wrote it, without a slash at its end and without a password. */
function serverText({ server }: Target): string {
  return `${server.origin}${server.pathname === '/' ? '' : server.pathname}`;
}

function originOf({ context }: Target, options: ConnectionOptions): string {
  if (options.server) return 'the flag --server';
  return context === undefined ? 'the service account of this pod' : `context "${context}"`;
}

interface Timeout {
  readonly idleMs: number;
  readonly totalMs: number;
}

/** With a limit of the user's own, that is for a whole request, as in kubectl; without one only silence is limited. */
function requestTimeout(text: string | undefined): Timeout {
  if (text === undefined || text === '') return { idleMs: DEFAULT_IDLE_MS, totalMs: 0 };
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) {
    throw new ClusterError(
      'config',
      `--request-timeout "${text}" is not a duration.`,
      'Examples: 5s, 1m30s, 2h, or 0 for no limit.',
    );
  }
  return { idleMs: milliseconds, totalMs: milliseconds };
}
