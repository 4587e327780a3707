import { setTimeout as pause } from 'node:timers/promises';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { clusterDnsOf } from '../../../shared/dns/cluster-dns.ts';
import { serversCorefile } from '../../../shared/dns/corefile/sources.ts';
import { LATER_SECONDS_PATH, metricsOf } from '../../../shared/dns/metrics/pages.ts';
import { failsChecks } from '../../../shared/dns/metrics/summarise-page.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import { askServers } from './ask-servers.ts';
import { askUpstreams, isTroubled } from './ask-upstreams.ts';
import { awaitTraces } from './await-traces.ts';
import { readKubelets } from './read-kubelets.ts';
import { readServers, readServersAfter } from './read-servers.ts';

export interface CheckPlanOptions {
  /** The namespace whose pods are judged as callers; undefined for all. */
  readonly callers: string | undefined;
  /** Whether the servers are asked over DNS themselves. */
  readonly ask: boolean;
}

/** Of the namespace of the DNS servers, beside what is read of callers. */
const SERVER_KINDS: readonly KindName[] = [
  'EndpointSlice',
  'Deployment',
  'ReplicaSet',
  'ConfigMap',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'PodMetrics',
];

/** The kinds that servers and callers share. */
const SHARED_KINDS: readonly KindName[] = ['Pod', 'Service', 'NetworkPolicy'];

/** Of the callers' namespaces. */
const CALLER_KINDS: readonly KindName[] = [
  'Pod',
  'Service',
  'NetworkPolicy',
  'CalicoNetworkPolicy',
  'CiliumNetworkPolicy',
];

const CLUSTER_KINDS: readonly KindName[] = [
  'Node',
  'Namespace',
  'ServiceCIDR',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CalicoGlobalNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
];

const MAX_EVENTS = 1000;
const AFTERMATH_MS = 1500;

/** What kubelets say about resolv.conf of pods, and all that is said of nodes: limits, a full table of connections. */
const EVENT_SELECTORS = ['reason=DNSConfigForming', 'reason=MissingClusterDNS', 'involvedObject.kind=Node'];

/** Everything that the checks of cluster DNS read. */
export function checkPlan({ callers, ask }: CheckPlanOptions): (gatherer: Gatherer) => Promise<void> {
  return async (gatherer) => {
    const first = [
      ...CALLER_KINDS.map((kind) => readCallers(gatherer, kind, callers)),
      readSets(gatherer),
      ...CLUSTER_KINDS.map((kind) => gatherer.list(kind)),
      ...EVENT_SELECTORS.map((fieldSelector) => gatherer.list('Event', { fieldSelector, max: MAX_EVENTS })),
      gatherer.version(),
    ];
    await Promise.all([readServerObjects(gatherer, 'kube-system'), ...first]);
    let dns = clusterDnsOf(createIndex(gatherer.finish()));
    if (dns === undefined || (dns.pods.length === 0 && dns.workload === undefined)) {
      // OpenShift keeps its DNS in a namespace of its own.
      const other = await gatherer.tryGet('Namespace', undefined, 'openshift-dns');
      if (other.status === 'ok') {
        await readServerObjects(gatherer, 'openshift-dns');
        await Promise.all(SHARED_KINDS.map((kind) => gatherer.list(kind, { namespace: 'openshift-dns' })));
        dns = clusterDnsOf(createIndex(gatherer.finish()));
      }
    }
    const begun = performance.now();
    const [upstreams] = await Promise.all([
      ask && dns !== undefined ? askUpstreams(gatherer, dns) : [],
      readServers(gatherer, dns),
      readKubelets(gatherer),
      ...(ask && dns !== undefined ? [askServers(gatherer, dns)] : []),
    ]);
    if (dns === undefined) return;
    // A failure is logged when the server gives up, and checks of the upstream's health begin with it.
    // Checks of a silent upstream come every 1.5 s: whether they still fail is seen in a second page that much later.
    const index = createIndex(gatherer.finish());
    const failing = metricsOf(index).some(({ metrics }) => metrics.upstreams.some(failsChecks));
    // Without plugin errors servers log nothing of what failed.
    if (/^\s*errors\b/m.test(serversCorefile(index)?.text ?? '')) await awaitTraces(gatherer, dns, upstreams);
    if (failing || upstreams.some(({ zones }) => zones.some(isTroubled))) await pause(AFTERMATH_MS);
    await readServersAfter(gatherer, dns);
    const seconds = (performance.now() - begun) / 1000;
    gatherer.keep({ path: LATER_SECONDS_PATH, text: `${seconds.toFixed(1)}\n` });
  };
}

async function readServerObjects(gatherer: Gatherer, namespace: string): Promise<void> {
  await Promise.all([
    // When the Corefile was changed tells whether it may not be in force yet.
    ...SERVER_KINDS.map((kind) => gatherer.list(kind, { namespace, managedFields: kind === 'ConfigMap' })),
    gatherer.list('Event', { namespace, max: MAX_EVENTS }),
  ]);
}

/**
 * All namespaces where that is allowed, else the one in force and that of the servers: a namespace's own people still get
 * an answer.
 */
async function readCallers(gatherer: Gatherer, kind: KindName, namespace: string | undefined): Promise<void> {
  if (namespace === undefined && (await gatherer.tryList(kind)).status !== 'forbidden') return;
  const own = namespace ?? gatherer.reader.namespace;
  const scopes = SHARED_KINDS.includes(kind) ? new Set([own, 'kube-system']) : new Set([own]);
  await Promise.all([...scopes].map((scope) => gatherer.list(kind, { namespace: scope })));
}

/** Agents of every namespace tell who enforces policies; without that right those of the system do. */
async function readSets(gatherer: Gatherer): Promise<void> {
  const all = await gatherer.tryList('DaemonSet');
  if (all.status === 'forbidden') await gatherer.list('DaemonSet', { namespace: 'kube-system' });
}
