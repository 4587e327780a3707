import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { nodeCacheOf } from '../../../shared/dns/node-cache.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { readPage } from './read-page.ts';
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
    await Promise.all(pods.map((pod) => keepPage(gatherer, pod, portOf(pod), `${folderOf(pod)}/metrics-before.txt`)));
    const start = performance.now();
    await pause(apartMs, signal);
    const seconds = (performance.now() - start) / 1000;
    for (const pod of pods) gatherer.keep({ path: `${folderOf(pod)}/metrics-seconds.txt`, text: String(seconds) });
  }
  await Promise.all(pods.map((pod) => keepPage(gatherer, pod, portOf(pod), `${folderOf(pod)}/metrics.txt`)));
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

/** Keeps a page, or the reason why there is none. */
async function keepPage(gatherer: Gatherer, pod: Pod, port: number, path: string): Promise<void> {
  const answer = await readPage(gatherer.reader, pod, port, '/metrics', WAIT_MS);
  if (answer.status === 'ok' && answer.value.status === 200) {
    gatherer.keep({ path, text: answer.value.text });
    return;
  }
  const text = answer.status === 'ok' ? `it answered ${answer.value.status}` : answer.reason;
  gatherer.keep({ path: path.replace(/\.txt$/, '.refused.txt'), text });
}
