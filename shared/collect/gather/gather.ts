import type { ClusterReader, ListOptions, LogOptions, ReadResult } from '../../kube/ports.ts';
import { KINDS, type KindName, type KindTypes } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/objects.ts';
import type { Coverage, PodLog, Snapshot, ToolOutput } from '../../model/snapshot.ts';
import { compareText } from '../../util/text.ts';
import { isNoLog } from '../no-log.ts';
import { createKnownLists } from './gather-known.ts';
import { subsetOf } from './gather-subset.ts';

/**
 * Asks a cluster on behalf of one question, and remembers every answer as facts: the objects, and for each kind and
 * namespace whether it could be read. The same question is asked once, however often it is put.
 */
export interface Gatherer {
  readonly reader: ClusterReader;
  /** The objects of a list; empty when it could not be read, which the coverage then tells. */
  list<K extends KindName>(kind: K, options?: ListOptions): Promise<readonly KindTypes[K][]>;
  /** The same with the reason of a refusal, for a caller that would then ask something narrower. */
  tryList<K extends KindName>(kind: K, options?: ListOptions): Promise<ReadResult<readonly KindTypes[K][]>>;
  /** One object by name, undefined when it is missing or could not be read. */
  get<K extends KindName>(kind: K, namespace: string | undefined, name: string): Promise<KindTypes[K] | undefined>;
  tryGet<K extends KindName>(kind: K, namespace: string | undefined, name: string): Promise<ReadResult<KindTypes[K]>>;
  /** A container's log, undefined when there is none or it could not be read. */
  logs(namespace: string, pod: string, options: LogOptions): Promise<string | undefined>;
  /** Keeps an answer that is no object (a metrics page, a DNS answer) under a path below `tools/`. */
  keep(output: ToolOutput): void;
  /** The server's version, which the snapshot then carries. */
  version(): Promise<string | undefined>;
  /** All that was gathered so far. */
  finish(): Snapshot;
}

/** Clocks that differ by less are taken for equal: the server's header counts whole seconds. */
const SKEW_MS = 5000;

/**
 * A gatherer over a reader. `now` is the local time of the question; the snapshot is dated by the server's clock when the
 * two differ noticeably, because ages are counted against the server's times.
 */
export function createGatherer(reader: ClusterReader, now: Date): Gatherer {
  const asked = new Map<string, Promise<unknown>>();
  const found = new Map<KindName, Map<string, KubeObject>>();
  const coverage = new Map<string, Coverage>();
  const known = createKnownLists();
  const logs = new Map<string, PodLog>();
  const tools = new Map<string, ToolOutput>();
  let serverVersion: string | undefined;

  function ask<T>(key: readonly unknown[], question: () => Promise<T>): Promise<T> {
    const text = JSON.stringify(key);
    const earlier = asked.get(text) as Promise<T> | undefined;
    if (earlier !== undefined) return earlier;
    const answer = question();
    asked.set(text, answer);
    // Whoever waits for the answer gets the fault; an answer that nobody waits for yet must not end the program.
    answer.catch(() => undefined);
    return answer;
  }

  function remember(kind: KindName, object: KubeObject, named: boolean): void {
    const { uid = '', namespace = '', name = '' } = object.metadata ?? {};
    const objects = found.get(kind) ?? new Map<string, KubeObject>();
    found.set(kind, objects);
    const key = uid === '' ? `${namespace}/${name}` : uid;
    // An object asked for by name holds more than its entry in a list (a Secret's certificate).
    if (named || !objects.has(key)) objects.set(key, object);
  }

  function cover(entry: Coverage): void {
    coverage.set(JSON.stringify([entry.kind, entry.namespace, entry.subset ?? '']), entry);
  }

  async function list<K extends KindName>(kind: K, options: ListOptions): Promise<ReadResult<readonly KindTypes[K][]>> {
    const part = known.part(kind, options);
    if (part !== undefined) return { status: 'ok', value: part };
    const result = await reader.list(kind, options);
    const truncated = result.status === 'ok' && result.truncated === true;
    const subset = subsetOf(options, truncated ? result.value.length : undefined);
    if (result.status === 'ok') {
      for (const object of result.value) remember(kind, object, false);
      if (!truncated) known.add(kind, options, result.value);
    }
    cover(entryFor(kind, options.namespace, result, subset));
    return result;
  }

  async function get<K extends KindName>(
    kind: K,
    namespace: string | undefined,
    name: string,
  ): Promise<ReadResult<KindTypes[K]>> {
    const result = await reader.get(kind, namespace, name);
    if (result.status === 'ok') remember(kind, result.value, true);
    cover(entryFor(kind, namespace, result, `name=${name}`));
    return result;
  }

  const tryList = <K extends KindName>(kind: K, options: ListOptions = {}) => {
    const { namespace, ...rest } = options;
    const scope = KINDS[kind].namespaced && namespace !== undefined ? { namespace } : {};
    return ask(['list', kind, scope.namespace ?? '*', sorted(rest)], () => list(kind, { ...rest, ...scope }));
  };
  const tryGet = <K extends KindName>(kind: K, namespace: string | undefined, name: string) =>
    ask(['get', kind, namespace ?? '', name], () => get(kind, namespace, name));

  return {
    reader,
    tryList,
    tryGet,
    async list(kind, options) {
      const result = await tryList(kind, options);
      return result.status === 'ok' ? result.value : [];
    },
    async get(kind, namespace, name) {
      const result = await tryGet(kind, namespace, name);
      return result.status === 'ok' ? result.value : undefined;
    },
    logs: (namespace, pod, options) =>
      ask(['logs', namespace, pod, sorted(options)], async () => {
        const result = await reader.logs(namespace, pod, options);
        if (result.status !== 'ok' || isNoLog(result.value)) return undefined;
        const { container, previous = false } = options;
        const log = { namespace, pod, container, previous, text: result.value };
        // Asked for twice with other numbers of lines, the longer one holds the other.
        if ((logs.get(logKey(log))?.text.length ?? -1) < log.text.length) logs.set(logKey(log), log);
        return result.value;
      }),
    keep: (output) => void tools.set(output.path, output),
    version: () =>
      ask(['version'], async () => {
        const result = await reader.version();
        if (result.status === 'ok') serverVersion = result.value;
        return serverVersion;
      }),
    finish(): Snapshot {
      const offset = reader.clockOffset();
      const takenAt = Math.abs(offset) > SKEW_MS ? new Date(now.getTime() + offset) : now;
      return {
        takenAt: takenAt.toISOString(),
        source: { type: 'cluster', name: reader.context },
        ...(serverVersion === undefined ? {} : { serverVersion }),
        objects: sortedObjects(found),
        coverage: [...coverage.entries()].sort(byKey).map(([, entry]) => entry),
        logs: [...logs.values()].sort((a, b) => compareText(logKey(a), logKey(b))),
        tools: [...tools.values()].sort((a, b) => compareText(a.path, b.path)),
        problems: [],
      };
    },
  };
}

/** What one answer says about a kind in a namespace. A missing object was read: there is none. */
function entryFor(
  kind: KindName,
  namespace: string | undefined,
  result: ReadResult<unknown>,
  subset: string | undefined,
): Coverage {
  const scope = KINDS[kind].namespaced ? (namespace ?? '*') : '*';
  const part = subset === undefined ? {} : { subset };
  if (result.status === 'ok' || result.status === 'notFound') return { kind, namespace: scope, status: 'ok', ...part };
  // A kind that the server does not have is absent as a whole, whatever was asked of it.
  if (result.status === 'absent') return { kind, namespace: '*', status: 'absent', reason: result.reason };
  return { kind, namespace: scope, status: result.status, reason: result.reason, ...part };
}

/** By kind, namespace and name: answers come in any order, but the same facts must give the same bytes. */
function sortedObjects(found: ReadonlyMap<KindName, ReadonlyMap<string, KubeObject>>): Snapshot['objects'] {
  const result: { [kind: string]: readonly KubeObject[] } = {};
  for (const kind of [...found.keys()].sort(compareText)) {
    const objects = [...(found.get(kind)?.values() ?? [])];
    result[kind] = objects.sort(
      (a, b) =>
        compareText(a.metadata?.namespace ?? '', b.metadata?.namespace ?? '') ||
        compareText(a.metadata?.name ?? '', b.metadata?.name ?? ''),
    );
  }
  return result as Snapshot['objects'];
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareText(a, b);
}

function logKey(log: PodLog): string {
  return [log.namespace, log.pod, log.container, String(log.previous)].join('/');
}

function sorted(options: object): readonly (readonly [string, unknown])[] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => compareText(a, b));
}
