import { type KindName, type KindTypes, pluralOfKind } from './kinds.ts';
import type { KubeObject, LabelSelector } from './objects.ts';
import type { Ref } from './refs.ts';

/**
 * All the facts of one question, as plain data. A live cluster, a folder of YAML and a saved bundle give the same
 * value, and nothing after the reading stage looks at the world again.
 */
export interface Snapshot {
  /** ISO time at which the facts were true; ages are counted from here, never from the clock of the reader. */
  readonly takenAt: string;
  /** The facts name no time of their own: `takenAt` is the newest time in them, and they may be later. */
  readonly orLater?: true;
  readonly source: SnapshotSource;
  /** gitVersion of the API server, such as `v1.34.4`, when known. */
  readonly serverVersion?: string;
  readonly objects: { readonly [K in KindName]?: readonly KindTypes[K][] };
  /** Kinds outside `KindName`, keyed by `group/Kind`; kept for plugins that know more. */
  readonly others?: Readonly<Record<string, readonly KubeObject[]>>;
  /** What was read of each kind. A kind without an entry was not collected. */
  readonly coverage: readonly Coverage[];
  readonly logs: readonly PodLog[];
  /** Outputs of programs (iptables-save, ip route …) found in a bundle. */
  readonly tools: readonly ToolOutput[];
  /** Input that could not be used: a broken document, an unreadable file. */
  readonly problems: readonly ReadProblem[];
  /**
   * Where an object was read, for snapshots from files; keyed by `Kind/namespace/name`, rules of policies by
   * `Kind/namespace/name#ingress/0`.
   */
  readonly origins?: Readonly<Record<string, string>>;
  /** Words of manifests that kubectl reads otherwise. */
  readonly misread?: readonly MisreadWord[];
}

/** A word without quotes where the API wants text, and which kubectl (YAML 1.1) takes for a boolean or a number. */
export interface MisreadWord {
  readonly path: string;
  readonly line: number;
  /** As it stands there: `no`. */
  readonly text: string;
  readonly as: 'true' | 'false' | 'a number' | 'nothing';
  /** `metadata.labels.app`. */
  readonly field: string;
  /** The object that it belongs to. */
  readonly object: { readonly kind: string; readonly namespace?: string; readonly name: string };
}

export type SnapshotSource =
  | { readonly type: 'cluster'; readonly name: string }
  | { readonly type: 'snapshot'; readonly name: string };

/**
 * `ok`: everything asked for was read. `forbidden`: the API refused (RBAC). `absent`: the server has no such API.
 * `notCollected`: nobody asked, or the files hold none and cannot prove there are none. `failed`: it went wrong.
 */
export type CoverageStatus = 'ok' | 'forbidden' | 'absent' | 'notCollected' | 'failed';

export interface Coverage {
  readonly kind: KindName;
  /** A namespace, or `*` for all of them and for cluster-scoped kinds. */
  readonly namespace: string;
  readonly status: CoverageStatus;
  /** Why, in the words to print: `forbidden: list nodes`. */
  readonly reason?: string;
  /**
   * What part was read when not the whole list: `name=web`, `selector app=web`. A reader that needs the whole list
   * must look for an entry without it.
   */
  readonly subset?: string;
}

export interface PodLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  readonly text: string;
}

export interface ToolOutput {
  /** The path inside the bundle, such as `tools/node-1/iptables-save.txt`. */
  readonly path: string;
  readonly text: string;
}

export interface ReadProblem {
  readonly path: string;
  /** 1-based line in the file; absent when the whole file is concerned. */
  readonly line?: number;
  readonly message: string;
  /** The namespace (`*`: all) whose network policy was lost with it, where the text looks like one. */
  readonly policyOf?: string;
  /** What is known of that policy, where its text was read and has a field that does not decode. */
  readonly lost?: LostPolicy;
  /** The text was read; whether it is what applies is not known. */
  readonly doubt?: true;
  /** Nothing that the question is about was lost with it: a text of what is recorded elsewhere, or of what is no policy. */
  readonly aside?: true;
  /** The object that the API server would refuse for it; it is judged as it was meant. */
  readonly refused?: Ref;
}

/** A policy that does not decode: the pods that it may be about, and the directions that it may have a say in. */
export interface LostPolicy {
  readonly kind: KindName;
  readonly name: string;
  /** Of a cluster-wide policy. */
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector: LabelSelector;
  readonly ingress: boolean;
  readonly egress: boolean;
}

/** The result of asking whether a kind was read in a namespace. */
export interface Seen {
  readonly status: CoverageStatus;
  readonly reason: string;
  /** False when only a part (a selector, a name) was read. */
  readonly whole: boolean;
}

/** One object by its name, or those that a field selector takes: `{ field: 'status.podIP=10.1.2.3' }`. */
export type SeenPart = string | { readonly field: string } | { readonly selector: string };

/**
 * Tells what was read of a kind in a namespace (`*`: in all of them). The best entry counts: a refused list of the
 * whole cluster followed by a granted list of the namespace is `ok` for that namespace. With `name` the question is
 * about one object: having asked for it by name is then as good as the whole list; so it is with `{ field }` and
 * `{ selector }` about the objects that such a selector takes.
 */
export function seen(snapshot: Snapshot, kind: KindName, namespace: string, part?: SeenPart): Seen {
  const name = typeof part === 'string' ? part : undefined;
  const subset =
    typeof part !== 'object' ? `name=${name}` : 'field' in part ? `field ${part.field}` : `selector ${part.selector}`;
  let best: Seen = { status: 'notCollected', reason: `${pluralOfKind(kind)} were not collected`, whole: false };
  let bestRank = -1;
  for (const entry of snapshot.coverage) {
    if (entry.kind !== kind) continue;
    if (entry.namespace !== '*' && entry.namespace !== namespace) {
      if (bestRank < 0 && entry.status === 'ok') best = { ...best, reason: notOf(kind, namespace) };
      continue;
    }
    if (name !== undefined && entry.subset?.startsWith('name=') === true && entry.subset !== `name=${name}`) continue;
    const whole = entry.subset === undefined || entry.subset === subset;
    const rank = RANK[entry.status] * 2 + (whole ? 1 : 0);
    if (rank <= bestRank) continue;
    bestRank = rank;
    best = { status: entry.status, reason: entry.reason ?? `${pluralOfKind(kind)}: ${entry.status}`, whole };
  }
  return best;
}

/** Of other namespaces it was. */
function notOf(kind: KindName, namespace: string): string {
  const where = namespace === '*' ? 'some namespaces' : `namespace ${namespace}`;
  return `${pluralOfKind(kind)} of ${where} were not collected`;
}

const RANK: Readonly<Record<CoverageStatus, number>> = { notCollected: 0, failed: 1, absent: 2, forbidden: 3, ok: 4 };
