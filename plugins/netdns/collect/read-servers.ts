import type { Gatherer } from '../../../shared/collect/gather.ts';
import type { ClusterDns } from '../../../shared/dns/cluster-dns.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';

/** A fault repeats itself in every few lines. */
const TAIL_LINES = 400;
const MAX_PODS = 10;
const WAIT_MS = 3000;

/** Pods of NodeLocal DNSCache carry one of these labels. */
const NODE_CACHE = 'k8s-app in (node-local-dns,nodelocaldns)';

/** Logs, readiness and metrics of the DNS servers and of the node caches; what is refused stays unknown. */
export async function readServers(gatherer: Gatherer, dns: ClusterDns | undefined): Promise<void> {
  const caches = await gatherer.list('Pod', { namespace: 'kube-system', labelSelector: NODE_CACHE });
  // Those that fail first: where there are many, the sound ones tell nothing new.
  const worst = [...(dns?.pods ?? [])].sort((a, b) => Number(isReady(a)) - Number(isReady(b)));
  await Promise.all([
    ...worst.slice(0, MAX_PODS).map((pod) => readServer(gatherer, pod)),
    ...caches.slice(0, MAX_PODS).map((pod) => readCache(gatherer, pod)),
  ]);
}

async function readServer(gatherer: Gatherer, pod: Pod): Promise<void> {
  await Promise.all([
    readLogs(gatherer, pod),
    page(gatherer, pod, 9153, '/metrics', `tools/coredns/${nameOf(pod)}/metrics.txt`),
    page(gatherer, pod, 8181, '/ready', `tools/coredns/${nameOf(pod)}/ready.txt`),
  ]);
}

async function readCache(gatherer: Gatherer, pod: Pod): Promise<void> {
  await Promise.all([
    readLogs(gatherer, pod),
    page(gatherer, pod, 9253, '/metrics', `tools/nodecache/${nameOf(pod)}/metrics.txt`),
    page(gatherer, pod, 9353, '/metrics', `tools/nodecache/${nameOf(pod)}/setup-metrics.txt`),
  ]);
}

async function readLogs(gatherer: Gatherer, pod: Pod): Promise<void> {
  const wanted = (pod.status?.containerStatuses ?? []).flatMap(({ name, state, lastState }) => {
    const container = name ?? '';
    const ran = state?.running !== undefined || state?.terminated !== undefined;
    return [
      ...(ran ? [{ container, tailLines: TAIL_LINES }] : []),
      ...(lastState?.terminated === undefined ? [] : [{ container, previous: true, tailLines: TAIL_LINES }]),
    ];
  });
  await Promise.all(wanted.map((options) => gatherer.logs(namespaceOf(pod), nameOf(pod), options)));
}

/** One page of a pod that runs, kept with its status in the first line unless it is 200. */
async function page(gatherer: Gatherer, pod: Pod, port: number, path: string, file: string): Promise<void> {
  if (pod.status?.phase !== 'Running' || pod.status.podIP === undefined) return;
  const target = { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), port, path } as const;
  const answer = await gatherer.reader.proxy({ ...target, timeoutMs: WAIT_MS });
  if (answer.status !== 'ok') {
    gatherer.keep({ path: file.replace(/\.txt$/, '.refused.txt'), text: answer.reason });
    return;
  }
  const { status, text } = answer.value;
  if (path === '/ready') gatherer.keep({ path: file, text: `${status}\n${text}` });
  else if (status === 200) gatherer.keep({ path: file, text });
}
