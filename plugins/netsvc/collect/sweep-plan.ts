import type { Plan } from '../../../shared/cli/command.ts';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import { readNamespace } from './read-namespace.ts';
import { readLeases } from './read-pod-needs.ts';
import { readService } from './read-service.ts';

/** Kinds that any check may read, most wanted first: requests are sent in this order. */
export const SWEEP_KINDS: readonly KindName[] = [
  'Pod',
  'Service',
  'EndpointSlice',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'NetworkPolicy',
  'Ingress',
  'Event',
  'Endpoints',
  'Job',
  'CronJob',
  'ReplicationController',
  'HorizontalPodAutoscaler',
  'ResourceQuota',
  'LimitRange',
  'PersistentVolumeClaim',
  'ServiceAccount',
  'ConfigMap',
  'PodMetrics',
  'PodDisruptionBudget',
  'ScaledObject',
  'CalicoNetworkPolicy',
  'CiliumNetworkPolicy',
  'HTTPRoute',
  'GRPCRoute',
  'Gateway',
  'ReferenceGrant',
];

const CLUSTER_KINDS: readonly KindName[] = [
  'Node',
  'Namespace',
  'IngressClass',
  'ServiceCIDR',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CalicoGlobalNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
];

/** Left out of a sweep of the whole cluster: many or large, and a diagnosis of one Service reads them. */
const ONE_NAMESPACE_ONLY: readonly KindName[] = ['ConfigMap', 'ServiceAccount', 'PodMetrics', 'PersistentVolumeClaim'];

const MAX_EVENTS = 5000;
const MAX_SECRETS = 100;

/** Services of one namespace that are read in depth for a sweep. */
const MAX_DEEP = 100;

/**
 * Everything the checks read, once, of one namespace or of all. Of one namespace also what its Services lead to in others:
 * a sweep must say of a Service what a question about it says.
 */
export function sweepPlan(allNamespaces: boolean): Plan {
  return async (gatherer, namespace) => {
    const scope = allNamespaces ? {} : { namespace };
    const kinds = SWEEP_KINDS.filter((kind) => !allNamespaces || !ONE_NAMESPACE_ONLY.includes(kind));
    await Promise.all([
      ...kinds.map((kind) => gatherer.list(kind, { ...scope, ...(kind === 'Event' ? { max: MAX_EVENTS } : {}) })),
      ...CLUSTER_KINDS.map((kind) => gatherer.list(kind)),
      gatherer.version(),
      gatherer.list('Pod', scope).then((pods) => readLeases(gatherer, pods)),
      readSecrets(gatherer, scope),
      ...(allNamespaces ? [] : [readAround(gatherer)]),
    ]);
    if (!allNamespaces) await readServices(gatherer, namespace, MAX_DEEP);
  };
}

/** What Services of a namespace lead to, at most so many of them; lists that were read are not asked for again. */
export async function readServices(gatherer: Gatherer, namespace: string, max?: number): Promise<void> {
  const services = await gatherer.list('Service', { namespace });
  await readNamespace(gatherer, namespace);
  await Promise.all(services.slice(0, max).map((service) => readService(gatherer, service, max === undefined)));
}

/** The cluster's DNS and the agents on nodes, which every namespace depends on. */
async function readAround(gatherer: Gatherer): Promise<void> {
  const namespace = 'kube-system';
  const labelSelector = 'k8s-app=kube-dns';
  await Promise.all([
    gatherer.list('DaemonSet'),
    gatherer.get('Service', namespace, 'kube-dns'),
    gatherer.list('EndpointSlice', { namespace, labelSelector: 'kubernetes.io/service-name=kube-dns' }),
    gatherer.list('Deployment', { namespace, labelSelector }),
    gatherer.list('Pod', { namespace, labelSelector }),
  ]);
}

/** Certificates of Ingresses, by name: a right to list Secrets is asked of nobody. */
async function readSecrets(gatherer: Gatherer, scope: { readonly namespace?: string }): Promise<void> {
  const ingresses = await gatherer.list('Ingress', scope);
  const names = new Map<string, { namespace: string; name: string }>();
  for (const ingress of ingresses) {
    const namespace = ingress.metadata?.namespace ?? '';
    for (const { secretName } of ingress.spec?.tls ?? []) {
      if (secretName !== undefined) names.set(`${namespace}/${secretName}`, { namespace, name: secretName });
    }
  }
  await Promise.all(
    [...names.values()].slice(0, MAX_SECRETS).map(({ namespace, name }) => gatherer.get('Secret', namespace, name)),
  );
}
