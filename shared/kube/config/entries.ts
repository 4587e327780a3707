/**
 * A kubeconfig's entries in the words of this project. Source: client-go `tools/clientcmd/api/v1/types.go`; paths are
 * absolute, absent and empty fields are both `undefined`.
 */

export interface ClusterEntry {
  readonly name: string;
  readonly server?: string;
  /** Base64 of PEM; wins over the file, as in client-go. */
  readonly caData?: string;
  readonly caFile?: string;
  readonly insecure: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly disableCompression: boolean;
  /** The extension `client.authentication.k8s.io/exec`, handed to exec plugins that want cluster information. */
  readonly execConfig?: unknown;
}

export interface UserEntry {
  readonly name: string;
  /** The file that defines the user, to be named when the login has expired. */
  readonly file?: string;
  readonly certData?: string;
  readonly certFile?: string;
  readonly keyData?: string;
  readonly keyFile?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly impersonate: Impersonation;
  readonly exec?: ExecEntry;
  readonly authProvider?: { readonly name: string; readonly config: Readonly<Record<string, string>> };
}

export interface Impersonation {
  readonly user?: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
}

export interface ContextEntry {
  readonly name: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** One file, or several merged. */
export interface KubeConfigData {
  readonly currentContext?: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}

/** Nobody: no certificate, no token, no impersonation. */
export const NO_USER: UserEntry = { name: '', impersonate: { groups: [], extra: {} } };
