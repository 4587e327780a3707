import { KINDS, type KindName, type KindTypes } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import { fieldsOf, textOf } from './config/fields.ts';
import { createDiscovery } from './discovery.ts';
import type { Transport } from './http/transport.ts';
import type { Ask } from './interpret.ts';
import { adopt, listPages } from './list-pages.ts';
import type { ClusterReader, LogOptions, ReadResult } from './ports.ts';
import { refusalOf, statusOf } from './refusal.ts';
import type { Question, Reply } from './reply.ts';
import { apiVersionOf, fullResourceName, isBuiltIn, resourcePath, type Served, servedAt } from './resource.ts';
import { reviewAccess } from './review-access.ts';
import { readThroughProxy } from './through-proxy.ts';

/** The most that is read of one container's log; causes stand in its last lines. */
const LOG_BYTES = 1_048_576;

/** Brings the code that opens port-forwards. */
export type Forwarding = () => Promise<Pick<typeof import('./forward-port.ts'), 'forwardPort'>>;

/** Puts the questions of `ClusterReader` to an API server, each in the words of the REST API. */
export function createReader(
  identity: Pick<ClusterReader, 'context' | 'server' | 'namespace'>,
  transport: Transport,
  newAsk: () => Ask,
  forwarding?: Forwarding,
): ClusterReader {
  const ask = newAsk();
  const places = new Map<KindName, Served>();
  const groupVersions = createDiscovery(ask);

  /** Of groups that not every server has, only the versions that this one names: a missing kind costs no request. */
  async function candidates(kind: KindName): Promise<readonly Served[]> {
    const all = servedAt(kind);
    if (isBuiltIn(kind)) return all;
    const present = await groupVersions();
    return present === undefined ? all : all.filter((served) => present.has(apiVersionOf(served)));
  }

  /** Asks each place where a kind may be served, until one is not absent; that one is asked from then on. */
  async function atPlace<T>(kind: KindName, read: (served: Served) => Promise<ReadResult<T>>): Promise<ReadResult<T>> {
    const known = places.get(kind);
    if (known !== undefined) return read(known);
    let first: ReadResult<T> | undefined;
    for (const served of await candidates(kind)) {
      const result = await read(served);
      if (result.status !== 'absent') {
        if (result.status === 'ok') places.set(kind, served);
        return result;
      }
      first ??= result;
    }
    return first ?? { status: 'absent', reason: `the server has no ${fullResourceName(kind)}` };
  }

  return {
    ...identity,
    version: () => readVersion(ask),
    list: (kind, options = {}) => atPlace(kind, (served) => listPages(kind, served, options, ask)),
    get: (kind, namespace, name) => atPlace(kind, (served) => readOne(kind, served, namespace, name, ask)),
    logs: (namespace, pod, options) => readLogs(namespace, pod, options, ask),
    access: (right) => reviewAccess(right, ask),
    proxy: (target) => readThroughProxy(target, ask),
    forward: async (namespace, pod, port, options = {}) => {
      if (forwarding === undefined) return { status: 'failed', reason: 'this program opens no port-forwards' };
      const { forwardPort } = await forwarding();
      return forwardPort({ namespace, pod, port }, options, ask);
    },
    again: () => createReader(identity, transport, newAsk, forwarding),
    begin: transport.begin,
    underWay: () => transport.underWay,
    stats: transport.stats,
    clockOffset: transport.clockOffset,
    close: transport.close,
  };
}

async function readOne<K extends KindName>(
  kind: K,
  served: Served,
  namespace: string | undefined,
  name: string,
  ask: Ask,
): Promise<ReadResult<KindTypes[K]>> {
  const question: Question = { verb: 'get', kind, namespace, name };
  const reply = await ask(resourcePath(kind, served, namespace, name), question);
  if ('reason' in reply) return reply;
  if (reply.status !== 200) return refusalOf(reply, question);
  const object = fieldsOf(reply.json) as KubeObject;
  if (object.metadata?.name === undefined) {
    return { status: 'failed', reason: `could not get ${KINDS[kind].plural} "${name}": the answer is not an object` };
  }
  return { status: 'ok', value: adopt(kind, served, object, { single: true, managedFields: true }) };
}

async function readVersion(ask: Ask): Promise<ReadResult<string>> {
  const reply = await ask('/version', { verb: 'version', kind: 'Node', namespace: undefined });
  if ('reason' in reply) return reply;
  const version = textOf(fieldsOf(reply.json).gitVersion);
  if (reply.status === 403) return { status: 'forbidden', reason: 'forbidden: get /version' };
  if (reply.status === 200 && version !== undefined) return { status: 'ok', value: version };
  return { status: 'failed', reason: `could not get /version (${reply.status})` };
}

async function readLogs(namespace: string, pod: string, options: LogOptions, ask: Ask): Promise<ReadResult<string>> {
  const params = [`container=${encodeURIComponent(options.container)}`, `limitBytes=${LOG_BYTES}`];
  if (options.previous === true) params.push('previous=true');
  if (options.tailLines !== undefined) params.push(`tailLines=${options.tailLines}`);
  if (options.sinceSeconds !== undefined) params.push(`sinceSeconds=${options.sinceSeconds}`);
  const question: Question = { verb: 'get logs of', kind: 'Pod', namespace, name: pod };
  const [served] = servedAt('Pod');
  if (served === undefined) return { status: 'absent', reason: 'the server has no pods' };
  const path = `${resourcePath('Pod', served, namespace, pod)}/log?${params.join('&')}`;
  const { timeoutMs } = options;
  const reply = await ask(path, question, timeoutMs === undefined ? {} : { timeoutMs });
  if ('reason' in reply) return reply;
  if (reply.status === 200) return { status: 'ok', value: reply.body.toString('utf8') };
  return noSuchLog(reply) ?? refusalOf(reply, question);
}

/** A container that has not run before has no earlier log: the kubelet says so with 400. */
function noSuchLog(reply: Reply): ReadResult<string> | undefined {
  const message = statusOf(reply)?.message ?? '';
  const none = reply.status === 400 && /previous terminated container .* not found|is not valid for pod/.test(message);
  return none ? { status: 'notFound', reason: message } : undefined;
}
