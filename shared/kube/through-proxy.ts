import type { Ask } from './interpret.ts';
import type { ProxyAnswer, ProxyTarget, ReadResult } from './ports.ts';
import { refusalOf, statusOf } from './refusal.ts';
import type { Question } from './reply.ts';
import { resourcePath } from './resource.ts';

/**
 * GET of a pod, Service or node through the API server (API reference, "connect proxy"). What comes back as a Status is
 * the API server's own word: no right, no such pod, nothing listens there; everything else is the target's.
 */
export async function readThroughProxy(target: ProxyTarget, ask: Ask): Promise<ReadResult<ProxyAnswer>> {
  const { kind, namespace, name, timeoutMs } = target;
  const question: Question = { verb: 'get through', kind, namespace, name };
  const path = proxyPath(target);
  const reply = await ask(path, question, timeoutMs === undefined ? {} : { timeoutMs });
  if ('reason' in reply) return reply;
  if (reply.status >= 400 && statusOf(reply) !== undefined) return refusalOf(reply, question);
  return { status: 'ok', value: { status: reply.status, text: reply.body.toString('utf8') } };
}

/** `/api/v1/namespaces/NS/pods/https:NAME:PORT/proxy/metrics`. */
function proxyPath({ kind, namespace, name, port, scheme, path }: ProxyTarget): string {
  const prefix = scheme === 'https' ? 'https:' : '';
  // The API server takes `https:NAME:` for the port that it assumes, so the colon must stand.
  const suffix = port !== undefined ? `:${port}` : prefix === '' ? '' : ':';
  const collection = resourcePath(kind, { group: '', version: 'v1' }, namespace);
  return `${collection}/${prefix}${encodeURIComponent(name)}${suffix}/proxy${path.startsWith('/') ? path : `/${path}`}`;
}
