import type { Runtime } from '../../runtime/runtime.ts';
import type { Target } from '../config/choose-target.ts';
import type { ExecEntry } from '../config/entries.ts';
import { readAuthorities } from '../config/read-pem.ts';
import type { CredentialSource, Credentials } from './credential-source.ts';
import { parseExecCredential } from './exec-credential.ts';
import { runExecPlugin } from './run-exec-plugin.ts';

/**
 * Credentials from a client-go exec plugin (`aws eks get-token`, `kubelogin`, …), kept until they expire, renewed when
 * the server refuses them. Own code: client-node's ExecAuth gives the plugin neither KUBERNETES_EXEC_INFO nor a
 * terminal, hides what it prints and loses its install hint. Source: client-go `plugin/pkg/client/auth/exec`.
 */
export function createExecSource(
  exec: ExecEntry,
  target: Target,
  base: Credentials,
  runtime: Runtime,
): CredentialSource {
  let held: Held | undefined;
  let pending: Promise<Held> | undefined;
  /** Whoever asks while the plugin runs gets its answer too, even one that has already expired. */
  const run = (): Promise<Held> => {
    pending ??= askPlugin(exec, target, base, runtime)
      .then((fresh) => {
        held = fresh;
        return fresh;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  return {
    async current() {
      const valid = held !== undefined && (held.expires ?? Number.POSITIVE_INFINITY) > runtime.now().getTime();
      return held !== undefined && valid ? held.credentials : (await run()).credentials;
    },
    async renew(refused) {
      if (held !== undefined && held.credentials !== refused) return held.credentials;
      return (await run()).credentials;
    },
  };
}

interface Held {
  readonly credentials: Credentials;
  /** Milliseconds since 1970; undefined when they last as long as the program. */
  readonly expires: number | undefined;
}

async function askPlugin(exec: ExecEntry, target: Target, base: Credentials, runtime: Runtime): Promise<Held> {
  const interactive = exec.interactiveMode !== 'Never' && runtime.stdinIsTerminal;
  const output = await runExecPlugin(exec, await execInfo(exec, target, interactive), interactive, runtime);
  const { token, keyPair, expires } = parseExecCredential(output, exec);
  return {
    credentials: {
      ...base,
      ...(token === undefined ? {} : { authorization: token }),
      ...(keyPair === undefined ? {} : { keyPair }),
    },
    expires,
  };
}

/** The content of KUBERNETES_EXEC_INFO (client authentication API, ExecCredentialSpec). */
async function execInfo(exec: ExecEntry, target: Target, interactive: boolean): Promise<string> {
  const { cluster } = target;
  const spec: Record<string, unknown> = { interactive };
  if (exec.provideClusterInfo) {
    const authorities = await readAuthorities(cluster);
    spec.cluster = {
      server: cluster.server,
      ...(cluster.tlsServerName === undefined ? {} : { 'tls-server-name': cluster.tlsServerName }),
      ...(cluster.insecure ? { 'insecure-skip-tls-verify': true } : {}),
      ...(authorities === undefined
        ? {}
        : { 'certificate-authority-data': Buffer.from(authorities).toString('base64') }),
      ...(cluster.proxyUrl === undefined ? {} : { 'proxy-url': cluster.proxyUrl }),
      ...(cluster.disableCompression ? { 'disable-compression': true } : {}),
      ...(cluster.execConfig === undefined ? {} : { config: cluster.execConfig }),
    };
  }
  return JSON.stringify({ kind: 'ExecCredential', apiVersion: exec.apiVersion, spec });
}
