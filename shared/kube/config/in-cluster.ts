import { access, readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Runtime } from '../../runtime/runtime.ts';
import type { ClusterEntry, UserEntry } from './entries.ts';

/** Where the kubelet mounts the pod's service account (Kubernetes docs, "Accessing the API from a Pod"). */
export const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InCluster {
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  readonly namespace?: string;
}

/**
 * The service account of the pod that the program runs in, or undefined outside of a pod. Source: client-go
 * `rest.InClusterConfig` and `inClusterClientConfig`.
 */
export async function findInCluster(runtime: Runtime, dir = SERVICE_ACCOUNT_DIR): Promise<InCluster | undefined> {
  const host = runtime.env.KUBERNETES_SERVICE_HOST ?? '';
  const port = runtime.env.KUBERNETES_SERVICE_PORT ?? '';
  const tokenFile = join(dir, 'token');
  if (host === '' || port === '' || !(await exists(tokenFile))) return undefined;
  const caFile = join(dir, 'ca.crt');
  const named = runtime.env.POD_NAMESPACE ?? '';
  const namespace = named !== '' ? named : await namespaceFile(join(dir, 'namespace'));
  return {
    cluster: {
      name: 'in-cluster',
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      ...((await exists(caFile)) ? { caFile } : {}),
      insecure: false,
      disableCompression: false,
    },
    user: { name: 'service account', tokenFile, impersonate: { groups: [], extra: {} } },
    ...(namespace === '' ? {} : { namespace }),
  };
}

async function namespaceFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return '';
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
