import { resolve } from 'node:path';
import type { ConnectionOptions } from '../ports.ts';
import type { ClusterEntry, UserEntry } from './entries.ts';

/**
 * The cluster with the command line's flags on top. `--server` drops the file's tls-server-name, a CA or
 * `--insecure-skip-tls-verify` replaces all of the file's trust settings. Source: client-go
 * `clientcmd.DirectClientConfig.getCluster`.
 */
export function overrideCluster(cluster: ClusterEntry, options: ConnectionOptions, cwd: string): ClusterEntry {
  const { server, tlsServerName, certificateAuthority, insecureSkipTlsVerify = false } = options;
  let result = cluster;
  if (given(server)) result = { ...without(result, 'tlsServerName'), server };
  if (given(tlsServerName)) result = { ...result, tlsServerName };
  if (insecureSkipTlsVerify || given(certificateAuthority)) {
    result = { ...without(without(result, 'caData'), 'caFile'), insecure: insecureSkipTlsVerify };
    if (given(certificateAuthority)) result = { ...result, caFile: resolve(cwd, certificateAuthority) };
  }
  return result;
}

/**
 * The user with the command line's flags on top. Source: client-go `clientcmd.DirectClientConfig.getAuthInfo`, but here
 * a flag always wins: kubectl 1.32 lets the file's tokenFile win over `--token`, which nobody can want.
 */
export function overrideUser(user: UserEntry, options: ConnectionOptions, cwd: string): UserEntry {
  let result = user;
  if (given(options.token)) result = { ...without(result, 'tokenFile'), token: options.token };
  if (given(options.clientCertificate)) {
    result = { ...without(result, 'certData'), certFile: resolve(cwd, options.clientCertificate) };
  }
  if (given(options.clientKey)) result = { ...without(result, 'keyData'), keyFile: resolve(cwd, options.clientKey) };
  return {
    ...result,
    impersonate: {
      ...result.impersonate,
      ...(given(options.as) ? { user: options.as } : {}),
      ...(given(options.asUid) ? { uid: options.asUid } : {}),
      ...(options.asGroup === undefined || options.asGroup.length === 0 ? {} : { groups: options.asGroup }),
    },
  };
}

function given(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _dropped, ...rest } = value;
  return rest;
}
