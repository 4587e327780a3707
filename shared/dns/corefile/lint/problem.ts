import type { ServerView } from './views.ts';

/** What can be said against a Corefile that CoreDNS starts with. The words of each are the plugin's catalogue. */
export type LintRule =
  | 'no-cluster-zone'
  | 'wrong-cluster-domain'
  | 'forwards-to-itself'
  | 'forwards-to-node-cache'
  | 'forwards-to-nobody'
  | 'hosts-hides-names'
  | 'template-hides-names'
  | 'template-denies-type'
  | 'rewrite-hides-names'
  | 'rewrite-answer-unlike-question'
  | 'not-where-asked'
  | 'probe-without-plugin'
  | 'no-loop'
  | 'no-errors'
  | 'no-ready'
  | 'no-health'
  | 'no-reload'
  | 'no-lameduck'
  | 'no-max-concurrent'
  | 'reverse-zones-end-here'
  | 'pods-verified'
  | 'autopath-without-pods'
  | 'records-left-out'
  | 'metrics-on-loopback'
  | 'no-cache'
  | 'stale-answers'
  | 'tls-without-name'
  | 'logs-every-query'
  | 'debugging-on'
  | 'placeholder-left'
  | 'no-upstream'
  | 'option-without-effect'
  | 'second-forward-unused'
  | 'zone-served-elsewhere'
  | 'acl-shuts-out-pods';

export type LintSeverity = 'critical' | 'warning' | 'info';

/** One thing said against one line. */
export interface LintProblem {
  readonly rule: LintRule;
  readonly severity: LintSeverity;
  /** `likely` where the Corefile alone does not prove it. */
  readonly confidence: 'proven' | 'likely';
  readonly file: string;
  readonly line: number;
  /** What the words of the rule are filled with. */
  readonly args: Readonly<Record<string, string>>;
  /** The line, or what was compared. */
  readonly fact: string;
}

/** Stands in a text that is judged for an address known at the start only: one that nobody writes by hand. */
export const FILLED_IN = '192.0.2.255';

/** What is known around a Corefile. Everything may be missing; a rule that needs it is then silent. */
export interface LintFacts {
  /** `node-cache`: the Corefile of NodeLocal DNSCache. */
  readonly program: 'coredns' | 'node-cache';
  /** Whether it is the Corefile of the cluster's own DNS, so that it must serve the cluster's zone. */
  readonly cluster: boolean;
  /** The domain that kubelets give to pods, in normal form, with where it was read. */
  readonly domain?: { readonly zone: string; readonly source: string };
  /** Addresses of the DNS Service. */
  readonly serviceAddresses: readonly string[];
  /** Addresses of the DNS servers' pods. */
  readonly podAddresses: readonly string[];
  /** Name servers of the resolv.conf that the servers read; undefined when it was not seen. */
  readonly resolvConf?: { readonly servers: readonly string[]; readonly source: string };
  /** Port to which the DNS Service sends, when known. */
  readonly targetPorts: readonly { readonly port: string; readonly protocol: string }[];
  readonly probes: readonly { readonly kind: 'readiness' | 'liveness'; readonly port: string; readonly path: string }[];
  /** Pods and Services in the cluster, for the memory that watching pods takes. */
  readonly pods?: number;
  /** `NAMESPACE/NAME` of all Services, when all were read. */
  readonly services?: ReadonlySet<string>;
  /** Those that were read, though others may be there: `namespace/name`. */
  readonly seenServices?: readonly string[];
  /** Names of the cluster that somebody asks about: a rule that takes one of them is a critical matter. */
  readonly asked?: readonly string[];
  /** A pod on Alpine (musl), where one was seen. */
  readonly musl?: string;
  /** Ranges of the nodes from which pods ask. */
  readonly podRanges?: readonly string[];
}

/** Facts of a Corefile that is looked at alone. */
export const NO_FACTS: LintFacts = {
  program: 'coredns',
  cluster: false,
  serviceAddresses: [],
  podAddresses: [],
  targetPorts: [],
  probes: [],
};

/** What a rule looks at. */
export interface LintInput {
  readonly servers: readonly ServerView[];
  readonly facts: LintFacts;
  /** Whether the version is at least this one. */
  readonly since: (version: string) => boolean;
  /** The cluster's zone: what kubelets say, else the first that the `kubernetes` plugin serves. */
  readonly clusterZone: string | undefined;
}

interface Place {
  readonly file: string;
  readonly line: number;
}

/** A lint problem at a place of the Corefile. */
export function problem(
  rule: LintRule,
  severity: LintSeverity,
  place: Place,
  fact: string,
  args: Readonly<Record<string, string>> = {},
  confidence: 'proven' | 'likely' = 'proven',
): LintProblem {
  return { rule, severity, confidence, file: place.file, line: place.line, args, fact };
}
