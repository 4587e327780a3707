import type { Plan } from '../../../shared/cli/command.ts';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import { readNamespaces } from './policy-plan.ts';

/** What makes pods, and what leads to them: a policy is held against both. */
const AROUND: readonly KindName[] = ['Service', 'Deployment', 'StatefulSet', 'ReplicaSet', 'Job', 'CronJob'];

const CLUSTER: readonly KindName[] = [
  'Node',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CalicoGlobalNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'ServiceCIDR',
];

const OTHER_POLICIES: readonly KindName[] = ['CalicoNetworkPolicy', 'CiliumNetworkPolicy'];

/**
 * What a lint of a namespace, or of all, looks at. Pods of other namespaces are read only when a policy speaks of other
 * namespaces, or when `wide` says that the files to come may.
 */
export function lintPlan(everywhere: boolean, wide = false): Plan {
  return async (gatherer, namespace) => {
    const scope = everywhere ? {} : { namespace };
    await Promise.all([
      ...CLUSTER.map((kind) => gatherer.list(kind)),
      readNamespaces(gatherer, everywhere ? [] : [namespace]),
      // The agents on the nodes, wherever they are, show what enforces policies.
      gatherer.list('DaemonSet'),
      ...[...AROUND, ...OTHER_POLICIES].map((kind) => gatherer.list(kind, scope)),
      gatherer.list('Pod', scope),
      policiesAndWhatTheyName(gatherer, scope, everywhere, wide),
      everywhere ? undefined : readDns(gatherer),
    ]);
  };
}

async function policiesAndWhatTheyName(
  gatherer: Gatherer,
  scope: { readonly namespace?: string },
  everywhere: boolean,
  wide: boolean,
): Promise<void> {
  const policies = await gatherer.list('NetworkPolicy', scope);
  if (everywhere || !(wide || policies.some(looksAround))) return;
  const kinds = ['Pod', 'Service', 'Deployment', 'StatefulSet', 'Job', 'CronJob'] as const;
  await Promise.all(kinds.map((kind) => gatherer.list(kind)));
}

function looksAround({ spec }: NetworkPolicy): boolean {
  return [
    ...(spec?.ingress ?? []).flatMap((rule) => rule?.from ?? []),
    ...(spec?.egress ?? []).flatMap((rule) => rule?.to ?? []),
  ].some((peer) => peer?.namespaceSelector !== undefined && peer.namespaceSelector !== null);
}

/** Where names are asked for, and the cache on the nodes. */
async function readDns(gatherer: Gatherer): Promise<void> {
  await Promise.all([
    gatherer.get('Service', 'kube-system', 'kube-dns'),
    gatherer.list('Pod', { namespace: 'kube-system', labelSelector: 'k8s-app in (kube-dns,node-local-dns)' }),
  ]);
}
