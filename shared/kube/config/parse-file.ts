import { dirname, isAbsolute, join, sep } from 'node:path';
import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { ClusterError } from '../ports.ts';
import type { ClusterEntry, ContextEntry, ExecEntry, KubeConfigData, UserEntry } from './entries.ts';
import { type Fields, fieldsOf, flagOf, itemsOf, textOf, textsOf } from './fields.ts';

/**
 * Reads the text of one kubeconfig. Relative paths inside are relative to the file's folder (client-go
 * `ResolveLocalPaths`). Throws ClusterError('config') with file and line when it is not YAML or not a kubeconfig.
 */
export function parseKubeConfig(text: string, file: string): KubeConfigData {
  const root = parseYaml(text, file);
  if (root === undefined || root === null) return { clusters: new Map(), users: new Map(), contexts: new Map() };
  if (typeof root !== 'object' || Array.isArray(root)) throw notAKubeConfig(file, 'it is not a mapping');
  const fields = fieldsOf(root);
  if (fields.kind !== undefined && fields.kind !== 'Config') {
    throw notAKubeConfig(file, `its kind is ${String(fields.kind)}, not Config`);
  }
  const folder = dirname(file);
  const current = textOf(fields['current-context']);
  return {
    ...(current === undefined ? {} : { currentContext: current }),
    clusters: named(fields, 'clusters', 'cluster', file, (name, body) => clusterEntry(name, body, folder)),
    users: named(fields, 'users', 'user', file, (name, body) => userEntry(name, body, folder, file)),
    contexts: named(fields, 'contexts', 'context', file, contextEntry),
  };
}

function parseYaml(text: string, file: string): unknown {
  try {
    // Further documents are ignored, as kubectl does; an empty file gives an empty list.
    return loadAll(text, { schema: CORE_SCHEMA.withTags(mergeTag) })[0];
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? '' : `:${error.mark.line + 1}`;
    throw new ClusterError(
      'config',
      `${file}${line}: not valid YAML: ${error.reason}`,
      'Mend that line of the kubeconfig, or choose another file with --kubeconfig.',
    );
  }
}

function notAKubeConfig(file: string, why: string): ClusterError {
  return new ClusterError(
    'config',
    `${file} is not a kubeconfig: ${why}`,
    'Choose the right file with --kubeconfig or KUBECONFIG.',
  );
}

/** The named entries of a list; the first definition of a name wins. */
function named<T>(
  fields: Fields,
  list: string,
  part: string,
  file: string,
  read: (name: string, body: Fields) => T,
): ReadonlyMap<string, T> {
  const value = fields[list];
  if (value !== undefined && value !== null && !Array.isArray(value)) {
    throw notAKubeConfig(file, `"${list}" is not a list`);
  }
  const entries = new Map<string, T>();
  for (const item of itemsOf(value)) {
    const entry = fieldsOf(item);
    const name = typeof entry.name === 'string' ? entry.name : (textOf(entry.name) ?? '');
    if (!entries.has(name)) entries.set(name, read(name, fieldsOf(entry[part])));
  }
  return entries;
}

function clusterEntry(name: string, body: Fields, folder: string): ClusterEntry {
  return {
    name,
    ...text('server', body.server),
    ...text('caData', body['certificate-authority-data']),
    ...path('caFile', body['certificate-authority'], folder),
    insecure: flagOf(body['insecure-skip-tls-verify']),
    ...text('tlsServerName', body['tls-server-name']),
    ...text('proxyUrl', body['proxy-url']),
    disableCompression: flagOf(body['disable-compression']),
    ...execConfig(body),
  };
}

function execConfig(body: Fields): { readonly execConfig?: unknown } {
  for (const item of itemsOf(body.extensions)) {
    const { name, extension } = fieldsOf(item);
    if (name === 'client.authentication.k8s.io/exec') return { execConfig: extension };
  }
  return {};
}

function userEntry(name: string, body: Fields, folder: string, file: string): UserEntry {
  const extra: Record<string, readonly string[]> = {};
  for (const [key, values] of Object.entries(fieldsOf(body['as-user-extra']))) extra[key] = textsOf(values);
  const provider = fieldsOf(body['auth-provider']);
  const providerName = textOf(provider.name);
  return {
    name,
    file,
    ...text('certData', body['client-certificate-data']),
    ...path('certFile', body['client-certificate'], folder),
    ...text('keyData', body['client-key-data']),
    ...path('keyFile', body['client-key'], folder),
    ...text('token', body.token),
    ...path('tokenFile', body.tokenFile, folder),
    ...text('username', body.username),
    ...text('password', body.password),
    impersonate: {
      ...text('user', body.as),
      ...text('uid', body['as-uid']),
      groups: textsOf(body['as-groups']),
      extra,
    },
    ...(providerName === undefined
      ? {}
      : { authProvider: { name: providerName, config: stringFields(provider.config) } }),
    ...(body.exec === undefined || body.exec === null ? {} : { exec: execEntry(fieldsOf(body.exec), folder) }),
  };
}

function execEntry(body: Fields, folder: string): ExecEntry {
  const command = textOf(body.command) ?? '';
  const mode = textOf(body.interactiveMode);
  return {
    apiVersion: textOf(body.apiVersion) ?? '',
    // A bare name is searched in PATH, anything with a separator is relative to the file.
    command: command.includes(sep) ? absolute(command, folder) : command,
    args: textsOf(body.args),
    env: itemsOf(body.env).map((item) => {
      const { name, value } = fieldsOf(item);
      return { name: textOf(name) ?? '', value: textOf(value) ?? '' };
    }),
    ...text('installHint', body.installHint),
    provideClusterInfo: flagOf(body.provideClusterInfo),
    interactiveMode: mode === 'Never' || mode === 'Always' ? mode : 'IfAvailable',
  };
}

function contextEntry(name: string, body: Fields): ContextEntry {
  return { name, ...text('cluster', body.cluster), ...text('user', body.user), ...text('namespace', body.namespace) };
}

function stringFields(value: unknown): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [key, field] of Object.entries(fieldsOf(value))) result[key] = textOf(field) ?? '';
  return result;
}

function text<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  const found = textOf(value);
  return (found === undefined ? {} : { [key]: found }) as { readonly [P in K]?: string };
}

function path<K extends string>(key: K, value: unknown, folder: string): { readonly [P in K]?: string } {
  const found = textOf(value);
  return (found === undefined ? {} : { [key]: absolute(found, folder) }) as { readonly [P in K]?: string };
}

function absolute(file: string, folder: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}
