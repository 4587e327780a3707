import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { ClusterDns } from '../../../shared/dns/cluster-dns.ts';
import { RECENT_SECONDS, recentLogPath } from '../../../shared/dns/logs/recent.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { readPage } from './read-page.ts';

/** A fault repeats itself in every few lines. */
const TAIL_LINES = 400;
const MAX_PODS = 10;
const WAIT_MS = 3000;

const RIGHTS = ['ClusterRole', 'ClusterRoleBinding'] as const;

/** Pods of NodeLocal DNSCache carry one of these labels. */
const NODE_CACHE = 'k8s-app in (node-local-dns,nodelocaldns)';

/** Readiness and metrics of the DNS servers, and all that the node caches tell; what is refused stays unknown. */
export async function readServers(gatherer: Gatherer, dns: ClusterDns | undefined): Promise<void> {
  const caches = await gatherer.list('Pod', { namespace: 'kube-system', labelSelector: NODE_CACHE });
  await Promise.all([
    // Versions 1.12 and 1.13 do not log that a right is missing: the roles tell.
    ...((dns?.pods ?? []).every(isReady) ? [] : RIGHTS.map((kind) => gatherer.tryList(kind))),
    ...withPages(dns).map((pod) =>
      Promise.all([
        page(gatherer, pod, 9153, '/metrics', `tools/coredns/${nameOf(pod)}/metrics.txt`),
        page(gatherer, pod, 8181, '/ready', `tools/coredns/${nameOf(pod)}/ready.txt`),
      ]),
    ),
    ...caches.slice(0, MAX_PODS).map((pod) => readCache(gatherer, pod)),
  ]);
}

/** What is read when the servers have been asked: their logs, and what they have counted since. */
export async function readServersAfter(gatherer: Gatherer, dns: ClusterDns): Promise<void> {
  await Promise.all(
    chosen(dns).map((pod) =>
      Promise.all([
        readLogs(gatherer, pod),
        ...withPages(dns)
          .filter((one) => one === pod)
          .map((one) => page(gatherer, one, 9153, '/metrics', `tools/coredns/${nameOf(one)}/metrics-later.txt`)),
      ]),
    ),
  );
}

/** Those that fail first: where there are many, the sound ones tell nothing new. */
function chosen(dns: ClusterDns | undefined): readonly Pod[] {
  return [...(dns?.pods ?? [])].sort((a, b) => Number(isReady(a)) - Number(isReady(b))).slice(0, MAX_PODS);
}

/** kube-dns has neither of the pages of CoreDNS. */
function withPages(dns: ClusterDns | undefined): readonly Pod[] {
  return dns?.flavour === 'kube-dns' ? [] : chosen(dns);
}

async function readCache(gatherer: Gatherer, pod: Pod): Promise<void> {
  await Promise.all([
    readLogs(gatherer, pod),
    page(gatherer, pod, 9253, '/metrics', `tools/nodecache/${nameOf(pod)}/metrics.txt`),
    page(gatherer, pod, 9353, '/metrics', `tools/nodecache/${nameOf(pod)}/setup-metrics.txt`),
  ]);
}

async function readLogs(gatherer: Gatherer, pod: Pod): Promise<void> {
  const [namespace, name] = [namespaceOf(pod), nameOf(pod)];
  await Promise.all(
    (pod.status?.containerStatuses ?? []).map(async ({ name: container = '', state, lastState }) => {
      const ran = state?.running !== undefined || state?.terminated !== undefined;
      const before = lastState?.terminated !== undefined;
      const [log] = await Promise.all([
        ran ? gatherer.logs(namespace, name, { container, tailLines: TAIL_LINES }) : undefined,
        before ? gatherer.logs(namespace, name, { container, previous: true, tailLines: TAIL_LINES }) : undefined,
      ]);
      if (log === undefined && ran && !(await mayReadLogs(gatherer, namespace))) {
        const text = `forbidden: get pods/log in namespace ${namespace}`;
        gatherer.keep({ path: `tools/coredns/${name}/log.refused.txt`, text });
      }
      // A server that says nothing needs no second look at when it said so.
      if (log === undefined || !/\[(?:ERROR|WARNING)\]/.test(log)) return;
      const recent = { container, tailLines: TAIL_LINES, sinceSeconds: RECENT_SECONDS };
      const answer = await gatherer.reader.logs(namespace, name, recent);
      if (answer.status === 'ok') gatherer.keep({ path: recentLogPath(name, container), text: answer.value });
    }),
  );
}

/** Whether the user may read logs there; where even that cannot be asked, reading is tried. */
export async function mayReadLogs(gatherer: Gatherer, namespace: string): Promise<boolean> {
  const right = await gatherer.reader.access({ verb: 'get', resource: 'pods/log', namespace });
  return right.status !== 'ok' || right.value;
}

/** One page of a pod that runs; where it is refused, the reason is kept. */
async function page(gatherer: Gatherer, pod: Pod, port: number, path: string, file: string): Promise<void> {
  if (pod.status?.phase !== 'Running' || pod.status.podIP === undefined) return;
  const answer = await readPage(gatherer.reader, pod, port, path, WAIT_MS);
  if (answer.status !== 'ok') gatherer.keep({ path: file.replace(/\.txt$/, '.refused.txt'), text: answer.reason });
  else if (path === '/ready') gatherer.keep({ path: file, text: `${answer.value.status}\n${answer.value.text}` });
  else if (answer.value.status === 200) gatherer.keep({ path: file, text: answer.value.text });
}
