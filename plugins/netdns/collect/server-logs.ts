import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { clusterDnsOf } from '../../../shared/dns/cluster-dns.ts';
import { summariseLogs } from '../../../shared/dns/logs/summarise.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { mayReadLogs } from './read-servers.ts';

/** More than `check` reads: here the log is the question. */
const TAIL_LINES = 5000;
const MAX_PODS = 20;
const MAX_CLIENTS = 10;

/** Logs of every DNS server and node cache, of the run before too. */
export async function readServerLogs(gatherer: Gatherer): Promise<void> {
  const pods = await serverPods(gatherer);
  await Promise.all(pods.slice(0, MAX_PODS).map((pod) => readLogs(gatherer, pod)));
  const [first] = pods;
  if (first !== undefined && gatherer.finish().logs.length === 0) await keepRefusal(gatherer, first);
  await readClients(gatherer);
}

/** Why there is no log at all, where that is a matter of rights. */
async function keepRefusal(gatherer: Gatherer, pod: Pod): Promise<void> {
  const namespace = namespaceOf(pod);
  if (await mayReadLogs(gatherer, namespace)) return;
  const text = `forbidden: get pods/log in namespace ${namespace}`;
  gatherer.keep({ path: `tools/coredns/${nameOf(pod)}/log.refused.txt`, text });
}

/** The pods whose questions fail most often; without the right to list pods they stay addresses. */
async function readClients(gatherer: Gatherer): Promise<void> {
  const { logs } = gatherer.finish();
  const { queries } = summariseLogs(logs.map(({ pod, text }) => ({ pod, text })));
  const clients = [...(queries?.failingClients ?? []), ...(queries?.searchMissClients ?? [])].map(({ what }) => what);
  const wanted = [...new Set(clients)].slice(0, MAX_CLIENTS);
  await Promise.all(wanted.map((ip) => gatherer.tryList('Pod', { fieldSelector: `status.podIP=${ip}` })));
}

/** The pods of the DNS servers and of the node caches. */
export async function serverPods(gatherer: Gatherer): Promise<readonly Pod[]> {
  await readPods(gatherer, 'kube-system');
  let dns = clusterDnsOf(createIndex(gatherer.finish()));
  if (dns === undefined || dns.pods.length === 0) {
    const other = await gatherer.tryGet('Namespace', undefined, 'openshift-dns');
    if (other.status === 'ok') await readPods(gatherer, 'openshift-dns');
    dns = clusterDnsOf(createIndex(gatherer.finish()));
  }
  const caches = await gatherer.list('Pod', {
    namespace: 'kube-system',
    labelSelector: 'k8s-app in (node-local-dns,nodelocaldns)',
  });
  return [...(dns?.pods ?? []), ...caches];
}

async function readPods(gatherer: Gatherer, namespace: string): Promise<void> {
  await Promise.all(
    (['Pod', 'Service', 'Deployment', 'DaemonSet', 'ConfigMap'] as const).map((kind) =>
      gatherer.list(kind, { namespace }),
    ),
  );
}

async function readLogs(gatherer: Gatherer, pod: Pod): Promise<void> {
  const wanted = (pod.status?.containerStatuses ?? []).flatMap(({ name, lastState }) => {
    const container = name ?? '';
    const before = lastState?.terminated === undefined ? [] : [{ container, previous: true, tailLines: TAIL_LINES }];
    return [{ container, tailLines: TAIL_LINES }, ...before];
  });
  await Promise.all(wanted.map((options) => gatherer.logs(namespaceOf(pod), nameOf(pod), options)));
}
