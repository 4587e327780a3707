import type { Duplex } from 'node:stream';
import type { KindName, KindTypes } from '../model/kinds.ts';

/**
 * What the rest of the project may ask of a cluster. `shared/kube/connect.ts` answers from a real API server,
 * `shared/testing` from objects in memory. Nothing outside `shared/kube` knows HTTP or @kubernetes/client-node.
 */
export interface ClusterReader {
  /** The kubeconfig context in use, or the server's address where there is none. */
  readonly context: string;
  readonly server: string;
  /** The namespace that applies when the user names none. */
  readonly namespace: string;
  /** gitVersion of the server; a refusal is an ordinary result. */
  version(): Promise<ReadResult<string>>;
  /** All pages of a list. Without `namespace`: of all namespaces. */
  list<K extends KindName>(kind: K, options?: ListOptions): Promise<ReadResult<readonly KindTypes[K][]>>;
  /** One object by name, with its managedFields: it is small, and "who changed it last" is asked of it. */
  get<K extends KindName>(kind: K, namespace: string | undefined, name: string): Promise<ReadResult<KindTypes[K]>>;
  logs(namespace: string, pod: string, options: LogOptions): Promise<ReadResult<string>>;
  /** Whether this user may do something: a SelfSubjectAccessReview, which changes nothing. */
  access(right: AccessRight): Promise<ReadResult<boolean>>;
  /** GET through the API server's proxy. Whatever the target says is an answer, a 503 too; the rest is a refusal. */
  proxy(target: ProxyTarget): Promise<ReadResult<ProxyAnswer>>;
  /**
   * A connection to a TCP port inside a pod's network namespace, loopback included, over a port-forward. That nothing
   * listens there shows only later, as an `error` of the stream whose message is the kubelet's. The caller destroys it.
   */
  forward(namespace: string, pod: string, port: number, options?: WaitOptions): Promise<ReadResult<Duplex>>;
  /**
   * The same cluster over the same connections, asked as if for the first time: what was learnt about it before (which
   * kinds it serves, that it answers at all) counts no more. Closing one closes both.
   */
  again(): ClusterReader;
  /**
   * Begins to connect before anything is asked, and resolves when the first words are on their way to a server nearby:
   * what is loaded then is loaded while the server answers. Never rejects: the first question meets the fault.
   */
  begin(): Promise<void>;
  /** Resolves when the first questions are on their way: the time for what needs no answer. Never rejects. */
  underWay(): Promise<void>;
  /** What was asked so far: for `-v` and for the benchmark. */
  stats(): ReaderStats;
  /**
   * Milliseconds to add to the local clock to get the server's, from the Date header of its answers; 0 while nothing
   * was answered. Facts carry the server's times, so ages must be counted on its clock.
   */
  clockOffset(): number;
  /** Ends open connections so that the process can leave at once. */
  close(): void;
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Stop after about so many objects; the result then says `truncated`. */
  readonly max?: number;
  /** Keep metadata.managedFields (dropped otherwise, to keep memory small). */
  readonly managedFields?: boolean;
  /** Keep also the fields that no check reads: for recording a snapshot that people look into. */
  readonly everything?: boolean;
}

export interface LogOptions extends WaitOptions {
  readonly container: string;
  readonly previous?: boolean;
  readonly tailLines?: number;
  /** Only lines of the last so many seconds. */
  readonly sinceSeconds?: number;
}

/** A right in the words of RBAC. */
export interface AccessRight {
  readonly verb: string;
  /** `pods`, `pods/proxy`, `nodes/proxy`. */
  readonly resource: string;
  /** The API group; the core group unless given. */
  readonly group?: string;
  /** Without it: in all namespaces, or a right on cluster-scoped objects. */
  readonly namespace?: string;
  readonly name?: string;
}

/** How long to wait for one answer, where less than the usual time is sensible. */
export interface WaitOptions {
  readonly timeoutMs?: number;
}

export interface ProxyTarget extends WaitOptions {
  readonly kind: 'Pod' | 'Service' | 'Node';
  /** Absent for a node. */
  readonly namespace?: string;
  readonly name: string;
  /** A number, or the name of a Service's port; without it the port that the API server assumes. */
  readonly port?: number | string;
  /** `https` for a target that speaks TLS; its certificate is not checked by the API server. */
  readonly scheme?: 'http' | 'https';
  /** `/metrics`, with its query. */
  readonly path: string;
}

export interface ProxyAnswer {
  /** The HTTP status of the target. */
  readonly status: number;
  readonly text: string;
}

export interface ReaderStats {
  readonly requests: number;
  readonly bytes: number;
}

/**
 * The answer to one question. `absent`: the server has no such API. `notFound`: the object does not exist.
 * Faults of the whole connection (unreachable, not logged in) are thrown as ClusterError instead.
 */
export type ReadResult<T> =
  | { readonly status: 'ok'; readonly value: T; readonly truncated?: boolean }
  | {
      readonly status: 'forbidden' | 'absent' | 'notFound' | 'failed';
      /** In the words to print: `forbidden: list nodes`. */
      readonly reason: string;
    };

export type ClusterErrorKind =
  /** Broken or missing kubeconfig, unknown context: a usage error. */
  | 'config'
  /** Could not connect, name not resolved, TLS refused, connection dropped again and again. */
  | 'unreachable'
  | 'timeout'
  /** 401: credentials missing, expired or refused. */
  | 'unauthorized'
  /** Something answered that is not a Kubernetes API (HTML of a proxy's login page). */
  | 'protocol';

/** A fault of the connection as a whole, translated once, near the client. */
export class ClusterError extends Error {
  readonly kind: ClusterErrorKind;
  /** What the user can do next, as one or two lines. */
  readonly hint: string;

  constructor(kind: ClusterErrorKind, message: string, hint: string) {
    super(message);
    this.name = 'ClusterError';
    this.kind = kind;
    this.hint = hint;
  }
}

/** The connection flags that kubectl users know, as given on the command line. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly asUid?: string;
  readonly token?: string;
  readonly server?: string;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly tlsServerName?: string;
  /** A Go duration (`5s`, `1m`) or whole seconds; `0` means no limit. */
  readonly requestTimeout?: string;
}
