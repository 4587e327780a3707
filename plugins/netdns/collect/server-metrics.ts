import type { Duplex } from 'node:stream';
import type { Gatherer } from '../../../shared/collect/gather.ts';
import { nodeCacheOf } from '../../../shared/dns/node-cache.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { serverPods } from './server-logs.ts';

const WAIT_MS = 5000;
const MAX_PODS = 30;

/** One page of every server and node cache; two of them, so many milliseconds apart, when asked for. */
export async function readServerMetrics(gatherer: Gatherer, apartMs: number, signal: AbortSignal): Promise<void> {
  const pods = (await serverPods(gatherer)).filter(({ status }) => status?.phase === 'Running').slice(0, MAX_PODS);
  const caches = new Set((nodeCacheOf(createIndex(gatherer.finish()))?.pods ?? []).map(nameOf));
  const folderOf = (pod: Pod) => `tools/${caches.has(nameOf(pod)) ? 'nodecache' : 'coredns'}/${nameOf(pod)}`;
  const portOf = (pod: Pod) => (caches.has(nameOf(pod)) ? 9253 : 9153);
  if (apartMs > 0) {
    await Promise.all(pods.map((pod) => readPage(gatherer, pod, portOf(pod), `${folderOf(pod)}/metrics-before.txt`)));
    const start = performance.now();
    await pause(apartMs, signal);
    const seconds = (performance.now() - start) / 1000;
    for (const pod of pods) gatherer.keep({ path: `${folderOf(pod)}/metrics-seconds.txt`, text: String(seconds) });
  }
  await Promise.all(pods.map((pod) => readPage(gatherer, pod, portOf(pod), `${folderOf(pod)}/metrics.txt`)));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Through the API server's proxy; where that is refused or leads nowhere (metrics on loopback), through a port-forward. */
async function readPage(gatherer: Gatherer, pod: Pod, port: number, path: string): Promise<void> {
  const [namespace, name] = [namespaceOf(pod), nameOf(pod)];
  const answer = await gatherer.reader.proxy({
    kind: 'Pod',
    namespace,
    name,
    port,
    path: '/metrics',
    timeoutMs: WAIT_MS,
  });
  if (answer.status === 'ok' && answer.value.status === 200) {
    gatherer.keep({ path, text: answer.value.text });
    return;
  }
  const opened = await gatherer.reader.forward(namespace, name, port, { timeoutMs: WAIT_MS });
  const text = opened.status === 'ok' ? await get(opened.value).catch(() => undefined) : undefined;
  if (text !== undefined) gatherer.keep({ path, text });
  else {
    const reason = answer.status === 'ok' ? `it answered ${answer.value.status}` : answer.reason;
    gatherer.keep({ path: path.replace(/\.txt$/, '.refused.txt'), text: reason });
  }
}

/** HTTP/1.0 over an open connection: the server ends it with the page. */
function get(stream: Duplex): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => stream.destroy(new Error('no answer')), WAIT_MS);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    stream.on('end', () => {
      clearTimeout(timer);
      const [head = '', ...rest] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
      stream.destroy();
      resolve(/^HTTP\/1\.[01] 200/.test(head) ? rest.join('\r\n\r\n') : undefined);
    });
    stream.write('GET /metrics HTTP/1.0\r\nHost: localhost\r\nAccept: text/plain\r\n\r\n');
  });
}
