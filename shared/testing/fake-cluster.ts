import { Duplex } from 'node:stream';
import type { ClusterReader, ListOptions, ProxyAnswer, ProxyTarget, ReadResult } from '../kube/ports.ts';
import { prune } from '../kube/prune.ts';
import { describeQuestion } from '../kube/refusal.ts';
import type { Question, Verb } from '../kube/reply.ts';
import { fullResourceName } from '../kube/resource.ts';
import { matchesFieldText, matchesLabelText } from '../kube/select.ts';
import { KINDS, type KindName, type KindTypes, kindKeyOf } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import { compareText } from '../util/text.ts';

export interface FakeClusterOptions {
  readonly context?: string;
  readonly namespace?: string;
  readonly version?: string;
  /**
   * Kinds that the reader may not see: `Node`, in one namespace only (`Pod@kube-system`), or only over all namespaces
   * (`Pod@*`).
   */
  readonly forbidden?: readonly string[];
  /** A Role in this namespace and nothing else: cluster-scoped kinds, other namespaces and cluster-wide lists refused. */
  readonly onlyNamespace?: string;
  /** Kinds that the server does not serve. */
  readonly absent?: readonly KindName[];
  /** Kinds whose reading fails, with the reason. */
  readonly failed?: Readonly<Partial<Record<KindName, string>>>;
  /** Logs by `NAMESPACE/POD/CONTAINER`, with `.previous` for the run before. */
  readonly logs?: Readonly<Record<string, string>>;
  readonly clockOffset?: number;
  /** Rights that are refused: `create pods/portforward`, or in one namespace `get pods/proxy@kube-system`. */
  readonly denied?: readonly string[];
  /**
   * What targets say through the proxy, by `pods/NAMESPACE/NAME:PORT/PATH`, `services/…` or `nodes/NAME/PATH`: a text
   * with status 200, or the whole answer. Others refuse the connection.
   */
  readonly proxied?: Readonly<Record<string, string | ProxyAnswer>>;
  /** What listens on ports of pods, by `NAMESPACE/POD:PORT`: it is given its end of the connection. Others refuse. */
  readonly listeners?: Readonly<Record<string, (socket: Duplex) => void>>;
}

/** One question that was put, such as `list pods in namespace shop`. */
export interface FakeCluster extends ClusterReader {
  readonly asked: readonly string[];
}

/** A cluster in memory over plain objects; selectors, rights, missing kinds and what is kept work as on a server. */
export function fakeCluster(objects: readonly KubeObject[], options: FakeClusterOptions = {}): FakeCluster {
  const byKind = groupByKind(objects);
  const asked: string[] = [];

  const refusal = (kind: KindName, verb: Verb, namespace: string | undefined, name?: string) => {
    const scope = KINDS[kind].namespaced ? namespace : undefined;
    const question = { verb, kind, namespace: scope, ...(name === undefined ? {} : { name }) };
    asked.push(describeQuestion(question));
    if (options.absent?.includes(kind)) {
      return { status: 'absent', reason: `the server has no ${fullResourceName(kind)}` } as const;
    }
    if (isForbidden(kind, scope, options)) {
      return { status: 'forbidden', reason: `forbidden: ${describeQuestion(question)}` } as const;
    }
    const reason = options.failed?.[kind];
    return reason === undefined ? undefined : ({ status: 'failed', reason } as const);
  };

  const cluster: FakeCluster = {
    context: options.context ?? 'fake',
    server: 'https://fake.example:6443',
    namespace: options.namespace ?? 'default',
    asked,
    version: async () => ({ status: 'ok', value: options.version ?? 'v1.34.4' }),
    async list<K extends KindName>(kind: K, wanted: ListOptions = {}): Promise<ReadResult<readonly KindTypes[K][]>> {
      const refused = refusal(kind, 'list', wanted.namespace);
      if (refused !== undefined) return refused;
      const all = (byKind.get(kind) ?? []).filter((object) => isWanted(kind, object, wanted));
      const max = wanted.max ?? Number.POSITIVE_INFINITY;
      const kept = {
        managedFields: wanted.managedFields === true,
        everything: wanted.everything === true,
        single: false,
      };
      const value = all.slice(0, max).map((object) => prune(kind, object as KindTypes[K], kept));
      return all.length > max ? { status: 'ok', value, truncated: true } : { status: 'ok', value };
    },
    async get<K extends KindName>(
      kind: K,
      namespace: string | undefined,
      name: string,
    ): Promise<ReadResult<KindTypes[K]>> {
      const refused = refusal(kind, 'get', namespace, name);
      if (refused !== undefined) return refused;
      const object = (byKind.get(kind) ?? []).find(
        ({ metadata }) => metadata?.name === name && (!KINDS[kind].namespaced || metadata.namespace === namespace),
      );
      if (object !== undefined) {
        const kept = { managedFields: false, everything: false, single: true };
        return { status: 'ok', value: prune(kind, object as KindTypes[K], kept) };
      }
      return { status: 'notFound', reason: notFound({ verb: 'get', kind, namespace, name }) };
    },
    async logs(namespace, pod, { container, previous = false, tailLines }) {
      const refused = refusal('Pod', 'get logs of', namespace, pod);
      if (refused !== undefined) return refused;
      const known = (byKind.get('Pod') ?? []).some(
        ({ metadata }) => metadata?.namespace === namespace && metadata.name === pod,
      );
      if (!known)
        return { status: 'notFound', reason: notFound({ verb: 'get logs of', kind: 'Pod', namespace, name: pod }) };
      const text = options.logs?.[`${namespace}/${pod}/${container}${previous ? '.previous' : ''}`];
      if (text === undefined) {
        const reason = `previous terminated container "${container}" in pod "${pod}" not found`;
        return { status: 'notFound', reason };
      }
      return { status: 'ok', value: tailLines === undefined ? text : lastLines(text, tailLines) };
    },
    async access({ verb, resource, namespace }) {
      asked.push(`may I ${verb} ${resource}${namespace === undefined ? '' : ` in namespace ${namespace}`}`);
      return { status: 'ok', value: !isDenied(`${verb} ${resource}`, namespace, options) };
    },
    async proxy(target) {
      const question = questionOf(target);
      asked.push(describeQuestion(question));
      if (isDenied(`get ${KINDS[target.kind].plural}/proxy`, target.namespace, options)) {
        return { status: 'forbidden', reason: `forbidden: ${describeQuestion(question)}` };
      }
      const answer = options.proxied?.[placeOf(target)];
      if (answer === undefined) {
        const reason = `could not ${describeQuestion(question)} (503: error trying to reach service: connection refused)`;
        return { status: 'failed', reason };
      }
      return { status: 'ok', value: typeof answer === 'string' ? { status: 200, text: answer } : answer };
    },
    async forward(namespace, pod, port) {
      const question = { verb: 'forward to', kind: 'Pod', namespace, name: pod } as const;
      asked.push(describeQuestion(question));
      if (['get', 'create'].some((verb) => isDenied(`${verb} pods/portforward`, namespace, options))) {
        return { status: 'forbidden', reason: `forbidden: ${describeQuestion(question)}` };
      }
      const [near, far] = socketPair();
      const listener = options.listeners?.[`${namespace}/${pod}:${port}`];
      if (listener !== undefined) listener(far);
      else setImmediate(() => near.destroy(new Error(`dial tcp4 127.0.0.1:${port}: connect: connection refused`)));
      return { status: 'ok', value: near };
    },
    again: () => cluster,
    stats: () => ({ requests: asked.length, bytes: 0 }),
    begin: async () => undefined,
    underWay: async () => undefined,
    clockOffset: () => options.clockOffset ?? 0,
    close: () => undefined,
  };
  return cluster;
}

function questionOf({ kind, namespace, name }: ProxyTarget): Question {
  return { verb: 'get through', kind, namespace, name };
}

/** `pods/kube-system/coredns-1:9153/metrics`. */
function placeOf({ kind, namespace, name, port, path }: ProxyTarget): string {
  const scope = namespace === undefined ? '' : `${namespace}/`;
  return `${KINDS[kind].plural}/${scope}${name}${port === undefined ? '' : `:${port}`}${path}`;
}

function isDenied(right: string, namespace: string | undefined, options: FakeClusterOptions): boolean {
  return (options.denied ?? []).some((entry) => entry === right || entry === `${right}@${namespace ?? '*'}`);
}

/** The two ends of a connection in memory. */
function socketPair(): readonly [Duplex, Duplex] {
  const ends: Duplex[] = [];
  for (const other of [1, 0]) {
    ends.push(
      new Duplex({
        read: () => undefined,
        write(chunk, _encoding, done) {
          ends[other]?.push(chunk);
          done();
        },
        final(done) {
          ends[other]?.push(null);
          done();
        },
      }),
    );
  }
  return ends as [Duplex, Duplex];
}

function notFound(question: Question): string {
  return `not found: ${describeQuestion(question).replace(/^get /, '')}`;
}

/** The objects by kind, in the order of a server: by namespace and name. */
export function groupByKind(objects: readonly KubeObject[]): ReadonlyMap<KindName, readonly KubeObject[]> {
  const result = new Map<KindName, KubeObject[]>();
  for (const object of objects) {
    const kind = kindKeyOf(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(`no kind is called ${object.apiVersion ?? ''} ${object.kind ?? ''}`);
    const list = result.get(kind);
    if (list === undefined) result.set(kind, [object]);
    else list.push(object);
  }
  const key = ({ metadata }: KubeObject): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
  for (const list of result.values()) list.sort((a, b) => compareText(key(a), key(b)));
  return result;
}

function isForbidden(kind: KindName, namespace: string | undefined, options: FakeClusterOptions): boolean {
  if (options.onlyNamespace !== undefined && namespace !== options.onlyNamespace) return true;
  return (options.forbidden ?? []).some((entry) => {
    const [name, scope] = entry.split('@');
    return name === kind && (scope === undefined || scope === (namespace ?? '*'));
  });
}

function isWanted(kind: KindName, object: KubeObject, options: ListOptions): boolean {
  const { metadata } = object;
  if (KINDS[kind].namespaced && options.namespace !== undefined && metadata?.namespace !== options.namespace)
    return false;
  return (
    matchesLabelText(options.labelSelector ?? '', metadata?.labels) &&
    matchesFieldText(options.fieldSelector ?? '', object)
  );
}

function lastLines(text: string, count: number): string {
  const lines = text.split('\n');
  const ends = lines.at(-1) === '' ? 1 : 0;
  return lines.slice(Math.max(0, lines.length - count - ends)).join('\n');
}
