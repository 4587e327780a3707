import { closest, distance } from 'fastest-levenshtein';
import type { Runtime } from '../../runtime/runtime.ts';
import { compareText, joinNames } from '../../util/text.ts';
import { ClusterError, type ConnectionOptions } from '../ports.ts';
import { type ClusterEntry, NO_USER, type UserEntry } from './entries.ts';
import type { InCluster } from './in-cluster.ts';
import type { LoadedConfig } from './load-files.ts';
import { overrideCluster, overrideUser } from './overrides.ts';
import { parseServerUrl } from './server-url.ts';

/** Where to connect and as whom, after files and flags are joined. Nothing was read or asked yet. */
export interface Target {
  /** The context's name; absent in-cluster and when only `--server` was given. */
  readonly context?: string;
  readonly server: URL;
  readonly namespace: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  /** The context names a user that no file defines; kubectl then goes without credentials. */
  readonly missingUser?: string;
}

const NO_CLUSTER: ClusterEntry = { name: '', insecure: false, disableCompression: false };

/**
 * Joins context, cluster, user and flags as kubectl does (client-go `clientcmd.DirectClientConfig`). `inCluster` counts
 * only when no file says anything. Throws ClusterError('config') that names what is missing and the nearest name.
 */
export function chooseTarget(
  config: LoadedConfig,
  inCluster: InCluster | undefined,
  options: ConnectionOptions,
  runtime: Runtime,
): Target {
  const chosen = isEmpty(config) && inCluster !== undefined ? fromPod(inCluster, options) : fromFiles(config, options);
  const cluster = overrideCluster(chosen.cluster, options, runtime.cwd);
  const user = overrideUser(chosen.user, options, runtime.cwd);
  if (cluster.server === undefined) throw noServer(config, chosen.context, cluster.name, runtime);
  if ((cluster.caData ?? cluster.caFile) !== undefined && cluster.insecure) {
    throw new ClusterError(
      'config',
      `Cluster "${cluster.name}" has both a certificate authority and insecure-skip-tls-verify.`,
      'Remove one of the two from the kubeconfig; kubectl refuses it too.',
    );
  }
  const server = parseServerUrl(cluster.server);
  const namespace = options.namespace ?? '';
  return {
    ...(chosen.context === undefined ? {} : { context: chosen.context }),
    ...(chosen.missingUser === undefined ? {} : { missingUser: chosen.missingUser }),
    server,
    namespace: namespace !== '' ? namespace : (chosen.namespace ?? 'default'),
    cluster,
    user,
  };
}

/** True when no file defines anything, which is when kubectl looks for a pod's service account. */
export function isEmpty(config: LoadedConfig): boolean {
  return (
    config.clusters.size === 0 &&
    config.users.size === 0 &&
    config.contexts.size === 0 &&
    config.currentContext === undefined
  );
}

interface Chosen {
  readonly context?: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  readonly namespace?: string;
  readonly missingUser?: string;
}

function fromPod(pod: InCluster, options: ConnectionOptions): Chosen {
  for (const [flag, name] of [
    ['context', options.context],
    ['cluster', options.cluster],
    ['user', options.user],
  ] as const) {
    if (name !== undefined && name !== '') throw unknown(flag, name, []);
  }
  return pod;
}

function fromFiles(config: LoadedConfig, options: ConnectionOptions): Chosen {
  const contextName = options.context || config.currentContext;
  const context = contextName === undefined ? undefined : config.contexts.get(contextName);
  if (contextName !== undefined && context === undefined) {
    throw unknown('context', contextName, [...config.contexts.keys()], options.context ? undefined : 'current-context');
  }
  const clusterName = options.cluster || context?.cluster;
  const cluster = clusterName === undefined ? NO_CLUSTER : config.clusters.get(clusterName);
  if (cluster === undefined && (options.cluster || !options.server)) {
    throw unknown(
      'cluster',
      clusterName ?? '',
      [...config.clusters.keys()],
      options.cluster ? undefined : `context "${contextName}"`,
    );
  }
  const userName = options.user || context?.user;
  const user = userName === undefined ? NO_USER : config.users.get(userName);
  if (user === undefined && options.user) throw unknown('user', options.user, [...config.users.keys()]);
  return {
    ...(contextName === undefined ? {} : { context: contextName }),
    cluster: cluster ?? NO_CLUSTER,
    user: user ?? NO_USER,
    ...(context?.namespace === undefined ? {} : { namespace: context.namespace }),
    ...(user === undefined && userName !== undefined ? { missingUser: userName } : {}),
  };
}

function unknown(
  what: 'context' | 'cluster' | 'user',
  name: string,
  known: readonly string[],
  via?: string,
): ClusterError {
  const from = via === undefined ? '' : ` (named by ${via})`;
  const near = known.length === 0 ? undefined : closest(name, known);
  const likely = near !== undefined && distance(name, near) <= Math.max(2, Math.floor(name.length / 2));
  const guess = likely ? ` Did you mean "${near}"?` : '';
  const list =
    known.length === 0
      ? `The kubeconfig defines no ${what}s.`
      : `Known ${what}s: ${joinNames([...known].sort(compareText), 12)}.`;
  return new ClusterError(
    'config',
    `The kubeconfig has no ${what} "${name}"${from}.${guess}`,
    `${list} Choose one with --${what} NAME.`,
  );
}

function noServer(config: LoadedConfig, context: string | undefined, cluster: string, runtime: Runtime): ClusterError {
  if (cluster !== '') {
    return new ClusterError(
      'config',
      `Cluster "${cluster}" of the kubeconfig has no server address.`,
      'Add "server: https://HOST:PORT" to it, or give --server.',
    );
  }
  if (context !== undefined) {
    return new ClusterError(
      'config',
      `Context "${context}" of the kubeconfig names no cluster.`,
      `Set one: kubectl config set-context ${context} --cluster NAME`,
    );
  }
  if (config.contexts.size > 0) {
    const names = joinNames([...config.contexts.keys()].sort(compareText), 12);
    return new ClusterError(
      'config',
      'The kubeconfig has no current context.',
      `Choose one with --context NAME, or for good: kubectl config use-context NAME. Known contexts: ${names}.`,
    );
  }
  return new ClusterError(
    'config',
    nothingFound(config, runtime),
    'Pass --kubeconfig FILE or set KUBECONFIG to reach a cluster,\nor read recorded facts with --snapshot PATH.',
  );
}

function nothingFound(config: LoadedConfig, runtime: Runtime): string {
  if (config.found.length > 0) return `${joinNames(config.found)} defines no cluster.`;
  const listed = (runtime.env.KUBECONFIG ?? '') !== '';
  const missing = joinNames(config.wanted);
  return listed
    ? `No kubeconfig was found: none of the files in KUBECONFIG exists (${missing}).`
    : `No kubeconfig was found: ${missing} does not exist and KUBECONFIG is not set.`;
}
