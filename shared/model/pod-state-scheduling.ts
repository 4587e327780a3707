/** Why a node was refused, in classes that each have a remedy of their own. */
export type RefusalClass =
  | 'cpu'
  | 'memory'
  | 'resource'
  | 'pods-full'
  | 'node-selector'
  | 'taint'
  | 'node-down'
  | 'node-short'
  | 'host-port'
  | 'volume'
  | 'affinity'
  | 'spread'
  | 'cordoned'
  | 'no-nodes'
  | 'other';

/** One clause of the scheduler's message: `2 Insufficient cpu`. */
export interface Refusal {
  readonly class: RefusalClass;
  /** Nodes it concerns; 0 when the clause is about the pod and holds for all of them. */
  readonly nodes: number;
  readonly text: string;
}

/** The scheduler's message in parts. */
export interface SchedulingRefusals {
  /** The total in `0/3 nodes are available`; undefined when the message has another shape. */
  readonly nodes: number | undefined;
  readonly refusals: readonly Refusal[];
  /** The clause to blame first; see `mainRefusal`. */
  readonly main: Refusal | undefined;
}

/**
 * Reads `0/3 nodes are available: 1 node(s) had untolerated taint {a: b}, 2 Insufficient cpu. preemption: …`, as
 * written by the scheduler (pkg/scheduler/framework/types.go, FitError.Error) since 1.19.
 */
export function parseScheduling(message: string): SchedulingRefusals {
  if (/no nodes available to schedule pods|no nodes available/.test(message)) {
    const refusal: Refusal = { class: 'no-nodes', nodes: 0, text: 'no nodes available to schedule pods' };
    return { nodes: 0, refusals: [refusal], main: refusal };
  }
  const match = /(\d+)\/(\d+) nodes are available:\s*([\s\S]*)$/.exec(message);
  if (match === null) {
    const refusal = clause(message);
    return { nodes: undefined, refusals: message === '' ? [] : [refusal], main: message === '' ? undefined : refusal };
  }
  // What follows tells that preemption or deallocation would not help; a taint may hold `. ` but never `preemption:`.
  const body = (match[3] ?? '').replace(/[.,]?\s*(no new claims to deallocate[\s\S]*|preemption: [\s\S]*)$/, '');
  // 1.34 adds a stray ` not found` after the clauses about claims.
  const refusals = splitClauses(body.replace(/\.( not found)?\s*$/, '').replaceAll(TILL_1_21, '')).map(clause);
  return { nodes: Number(match[2]), refusals, main: mainRefusal(refusals) };
}

/** `1 node(s) had taint {a: b}, that the pod didn't tolerate`. */
const TILL_1_21 = ", that the pod didn't tolerate";

/** Splits at commas that stand outside braces and quotes. */
function splitClauses(body: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const letter of body) {
    if (letter === '{' || letter === '(') depth++;
    if (letter === '}' || letter === ')') depth--;
    if (letter === ',' && depth <= 0) {
      parts.push(current.trim());
      current = '';
    } else {
      current += letter;
    }
  }
  parts.push(current.trim());
  return parts.filter((part) => part !== '');
}

function clause(text: string): Refusal {
  const match = /^(\d+) ([\s\S]+)$/.exec(text);
  const words = match?.[2] ?? text;
  return { class: classOf(words), nodes: match === null ? 0 : Number(match[1]), text: words };
}

const CLASSES: readonly (readonly [RegExp, RefusalClass])[] = [
  [/Insufficient cpu/, 'cpu'],
  [/Insufficient memory/, 'memory'],
  [/Too many pods/, 'pods-full'],
  [/Insufficient |cannot allocate all claims/, 'resource'],
  [/taint.*node\.kubernetes\.io\/(unreachable|not-ready|network-unavailable)/, 'node-down'],
  [/taint.*node\.kubernetes\.io\/(disk|memory|pid)-pressure/, 'node-short'],
  [/taint.*node\.kubernetes\.io\/unschedulable|were unschedulable/, 'cordoned'],
  [/taint/, 'taint'],
  [/free ports/, 'host-port'],
  [/[Vv]olume|persistentvolumeclaim|PersistentVolumeClaim|pvc\(s\)/, 'volume'],
  [/topology spread/, 'spread'],
  [/anti-affinity|pod affinity/, 'affinity'],
  [/node affinity|node selector|affinity\/selector|didn't match node|requested node name/, 'node-selector'],
  [/no nodes/, 'no-nodes'],
];

function classOf(words: string): RefusalClass {
  return CLASSES.find(([pattern]) => pattern.test(words))?.[1] ?? 'other';
}

/** Classes that say most when several are named for equally many nodes. */
const WEIGHT: Readonly<Record<RefusalClass, number>> = {
  volume: 0,
  'node-selector': 1,
  'host-port': 2,
  cpu: 3,
  memory: 4,
  resource: 5,
  'pods-full': 6,
  affinity: 7,
  spread: 8,
  taint: 9,
  'node-short': 9.5,
  'node-down': 10,
  cordoned: 11,
  'no-nodes': 12,
  other: 13,
};

/**
 * The clause to blame. Control-plane nodes refuse every ordinary pod, so their taint counts only when nothing else is
 * named, and so does a taint without a name (1.34 and later write `untolerated taint(s)`), which is usually theirs; a
 * clause about the pod itself (its claim) holds for all nodes and comes first; then the number of nodes.
 */
export function mainRefusal(refusals: readonly Refusal[]): Refusal | undefined {
  const telling = refusals.filter((refusal) => !isControlPlaneTaint(refusal.text) && !isUnnamedTaint(refusal));
  const pool = telling.length > 0 ? telling : refusals;
  return [...pool].sort(
    (a, b) => countOf(b) - countOf(a) || WEIGHT[a.class] - WEIGHT[b.class] || (a.text < b.text ? -1 : 1),
  )[0];
}

/** `2 node(s) had untolerated taint(s)`. */
export function isUnnamedTaint(refusal: Refusal): boolean {
  return refusal.class === 'taint' && !refusal.text.includes('{');
}

function countOf(refusal: Refusal): number {
  return refusal.nodes === 0 ? Number.POSITIVE_INFINITY : refusal.nodes;
}

/** True for the taints that kubeadm and others put on control-plane nodes. */
export function isControlPlaneTaint(text: string): boolean {
  return /node-role\.kubernetes\.io\/(control-plane|master|etcd)|node-role\.kubernetes\.io\/controlplane/.test(text);
}
