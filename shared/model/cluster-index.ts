import { toClusterEvent } from './events.ts';
import type { KindName, KindTypes } from './kinds.ts';
import { KINDS } from './kinds.ts';
import type { ClusterEvent, KubeObject } from './objects.ts';
import { refersTo } from './refs.ts';
import type { ReadProblem, Seen, SeenPart, Snapshot, ToolOutput } from './snapshot.ts';
import { seen } from './snapshot.ts';

/**
 * Answers questions over a snapshot: computed once, kept, read-only. Checks take this, never the snapshot, so that a
 * test can record what they read and compare it with what they declared.
 */
export interface ClusterIndex {
  /** ISO time of the snapshot, and the same in milliseconds. */
  readonly takenAt: string;
  readonly now: number;
  /** The facts may be later than `now`: they name no time of their own. */
  readonly orLater: boolean;
  readonly serverVersion: string | undefined;
  /** All objects of a kind, or those of one namespace, ordered by namespace and name. */
  list<K extends KindName>(kind: K, namespace?: string): readonly KindTypes[K][];
  get<K extends KindName>(kind: K, namespace: string | undefined, name: string): KindTypes[K] | undefined;
  /** What was read of a kind in a namespace, or of one object by its name, or of those that a field selector takes. */
  seen(kind: KindName, namespace?: string, part?: SeenPart): Seen;
  /** Events about an object, oldest first. */
  events(object: KubeObject, kind: string): readonly ClusterEvent[];
  /** Log text of a container, when the snapshot has it. */
  log(namespace: string, pod: string, container: string, previous: boolean): string | undefined;
  /** Outputs of programs, metrics pages and answers to probes, ordered by path: those below a folder (`tools/node-1`). */
  tools(folder?: string): readonly ToolOutput[];
  /** Where an object was read, for facts from files: `shop.yaml:12`; `part` for a rule of a policy: `ingress/0`. */
  origin(object: KubeObject, kind: KindName, part?: string): string | undefined;
  /** Objects from files of kinds that have no name here, keyed by `group/Kind`. */
  readonly others: Readonly<Record<string, readonly KubeObject[]>>;
  /** Input that could not be used. */
  readonly problems: readonly ReadProblem[];
  /** Computes a value once per index. Keys are unique by convention: `module/name`. */
  memo<T>(key: string, compute: () => T): T;
  /** The same for a value that belongs to one object: quicker, because no key must be put together. */
  memoOf<T>(object: object, key: string, compute: () => T): T;
}

/** Builds the index; work happens when a kind is first asked for. */
export function createIndex(snapshot: Snapshot): ClusterIndex {
  const byKind = new Map<KindName, Map<string, KubeObject[]>>();
  const all = new Map<KindName, readonly KubeObject[]>();
  const byName = new Map<KindName, Map<string, Map<string, KubeObject>>>();
  const { memo, memoOf } = freshMemos();
  const seenIn = new Map<KindName, Map<string, Seen>>();

  function sorted(kind: KindName): readonly KubeObject[] {
    let list = all.get(kind);
    if (list === undefined) {
      list = [...((snapshot.objects[kind] ?? []) as readonly KubeObject[])].sort(byNamespaceAndName);
      all.set(kind, list);
    }
    return list;
  }

  function namespaced(kind: KindName): Map<string, KubeObject[]> {
    let map = byKind.get(kind);
    if (map === undefined) {
      map = new Map();
      for (const object of sorted(kind)) {
        const namespace = object.metadata?.namespace ?? '';
        const list = map.get(namespace);
        if (list === undefined) map.set(namespace, [object]);
        else list.push(object);
      }
      byKind.set(kind, map);
    }
    return map;
  }

  /** By namespace first, so that no text need be put together for a question. */
  function names(kind: KindName): Map<string, Map<string, KubeObject>> {
    let map = byName.get(kind);
    if (map === undefined) {
      map = new Map();
      for (const object of sorted(kind)) {
        const namespace = object.metadata?.namespace ?? '';
        let known = map.get(namespace);
        if (known === undefined) {
          known = new Map();
          map.set(namespace, known);
        }
        known.set(object.metadata?.name ?? '', object);
      }
      byName.set(kind, map);
    }
    return map;
  }

  const index: ClusterIndex = {
    takenAt: snapshot.takenAt,
    now: Date.parse(snapshot.takenAt),
    orLater: snapshot.orLater === true,
    serverVersion: snapshot.serverVersion,
    list: <K extends KindName>(kind: K, namespace?: string) =>
      (namespace === undefined || !KINDS[kind].namespaced
        ? sorted(kind)
        : (namespaced(kind).get(namespace) ?? [])) as readonly KindTypes[K][],
    get: <K extends KindName>(kind: K, namespace: string | undefined, name: string) => {
      const scope = KINDS[kind].namespaced ? (namespace ?? '') : '';
      return names(kind).get(scope)?.get(name) as KindTypes[K] | undefined;
    },
    seen: (kind, namespace = '*', part) => {
      if (part !== undefined) return seen(snapshot, kind, namespace, part);
      let known = seenIn.get(kind);
      if (known === undefined) {
        known = new Map();
        seenIn.set(kind, known);
      }
      let result = known.get(namespace);
      if (result === undefined) {
        result = seen(snapshot, kind, namespace);
        known.set(namespace, result);
      }
      return result;
    },
    events: (object, kind) => {
      const name = object.metadata?.name ?? '';
      const candidates = memo('events/by-object', () => eventsByObject(sorted('Event'))).get(`${kind}/${name}`) ?? [];
      return candidates.filter((event) => refersTo(event.object, object, kind));
    },
    log: (namespace, pod, container, previous) =>
      memo('logs/by-container', () => new Map(snapshot.logs.map((log) => [logKey(log), log.text]))).get(
        logKey({ namespace, pod, container, previous }),
      ),
    tools: (folder) =>
      folder === undefined ? snapshot.tools : snapshot.tools.filter(({ path }) => path.startsWith(`${folder}/`)),
    origin: (object, kind, part) => {
      const key = `${kind}/${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`;
      return snapshot.origins?.[part === undefined ? key : `${key}#${part}`];
    },
    others: snapshot.others ?? {},
    problems: snapshot.problems,
    memo,
    memoOf,
  };
  return index;
}

/** A fresh memory of what follows from an index: an index made of another one must not share that of the first. */
export function freshMemos(): Pick<ClusterIndex, 'memo' | 'memoOf'> {
  const memos = new Map<string, unknown>();
  const memosOf = new WeakMap<object, Map<string, unknown>>();
  const kept = <T>(known: Map<string, unknown>, key: string, compute: () => T): T => {
    if (known.has(key)) return known.get(key) as T;
    const value = compute();
    known.set(key, value);
    return value;
  };
  return {
    memo: (key, compute) => kept(memos, key, compute),
    memoOf: (object, key, compute) => {
      let known = memosOf.get(object);
      if (known === undefined) {
        known = new Map();
        memosOf.set(object, known);
      }
      return kept(known, key, compute);
    },
  };
}

function logKey(log: { namespace: string; pod: string; container: string; previous: boolean }): string {
  return `${log.namespace}/${log.pod}/${log.container}/${log.previous}`;
}

function eventsByObject(events: readonly KubeObject[]): Map<string, ClusterEvent[]> {
  const map = new Map<string, ClusterEvent[]>();
  for (const object of events) {
    const event = toClusterEvent(object);
    if (event === undefined) continue;
    const key = `${event.object.kind ?? ''}/${event.object.name ?? ''}`;
    const list = map.get(key);
    if (list === undefined) map.set(key, [event]);
    else list.push(event);
  }
  for (const list of map.values()) list.sort((a, b) => compare(a.lastSeen, b.lastSeen));
  return map;
}

function byNamespaceAndName(a: KubeObject, b: KubeObject): number {
  return (
    compare(a.metadata?.namespace ?? '', b.metadata?.namespace ?? '') ||
    compare(a.metadata?.name ?? '', b.metadata?.name ?? '')
  );
}

/** Byte order, not a locale's: the same facts must print the same bytes everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
