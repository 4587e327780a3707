import type { Gatherer } from '../../../shared/collect/gather.ts';
import { clusterDnsOf } from '../../../shared/dns/cluster-dns.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import { askServers } from './ask-servers.ts';
import { readKubelets } from './read-kubelets.ts';
import { readServers } from './read-servers.ts';

export interface CheckPlanOptions {
  /** The namespace whose pods are judged as callers; undefined for all. */
  readonly callers: string | undefined;
  /** Whether the servers are asked over DNS themselves. */
  readonly ask: boolean;
}

/** Of the namespace of the DNS servers. */
const SERVER_KINDS: readonly KindName[] = [
  'Service',
  'EndpointSlice',
  'Pod',
  'Deployment',
  'DaemonSet',
  'ReplicaSet',
  'ConfigMap',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'PodMetrics',
  'NetworkPolicy',
];

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

/** What the kubelet and the scheduler say about names and their servers. */
const EVENT_REASONS = ['DNSConfigForming', 'MissingClusterDNS', 'CheckLimitsForResolvConf'];

/** Everything that the checks of cluster DNS read. */
export function checkPlan({ callers, ask }: CheckPlanOptions): (gatherer: Gatherer) => Promise<void> {
  return async (gatherer) => {
    const first = [
      ...CALLER_KINDS.map((kind) => readCallers(gatherer, kind, callers)),
      ...CLUSTER_KINDS.map((kind) => gatherer.list(kind)),
      ...EVENT_REASONS.map((reason) => gatherer.list('Event', { fieldSelector: `reason=${reason}`, max: MAX_EVENTS })),
      gatherer.list('DaemonSet'),
      gatherer.version(),
    ];
    await Promise.all([readServerObjects(gatherer, 'kube-system'), ...first]);
    let dns = clusterDnsOf(createIndex(gatherer.finish()));
    if (dns === undefined || (dns.pods.length === 0 && dns.workload === undefined)) {
      // OpenShift keeps its DNS in a namespace of its own.
      const other = await gatherer.tryGet('Namespace', undefined, 'openshift-dns');
      if (other.status === 'ok') {
        await readServerObjects(gatherer, 'openshift-dns');
        dns = clusterDnsOf(createIndex(gatherer.finish()));
      }
    }
    await Promise.all([
      readServers(gatherer, dns),
      readKubelets(gatherer),
      ...(ask && dns !== undefined ? [askServers(gatherer, dns)] : []),
    ]);
  };
}

async function readServerObjects(gatherer: Gatherer, namespace: string): Promise<void> {
  await Promise.all([
    ...SERVER_KINDS.map((kind) => gatherer.list(kind, { namespace })),
    gatherer.list('Event', { namespace, max: MAX_EVENTS }),
  ]);
}

/** All namespaces where that is allowed, else the one in force: a namespace's own people still get an answer. */
async function readCallers(gatherer: Gatherer, kind: KindName, namespace: string | undefined): Promise<void> {
  if (namespace !== undefined) {
    await gatherer.list(kind, { namespace });
    return;
  }
  const all = await gatherer.tryList(kind);
  if (all.status === 'forbidden') await gatherer.list(kind, { namespace: gatherer.reader.namespace });
}
