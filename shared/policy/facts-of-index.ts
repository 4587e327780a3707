import type { ClusterIndex } from '../model/cluster-index.ts';
import type { KindName } from '../model/kinds.ts';
import type { Pod } from '../model/objects-pod.ts';
import { otherPodMakers } from '../model/other-workloads.ts';
import { controllerOf, deploymentByHash, topOwner, WORKLOAD_KINDS } from '../model/owners.ts';
import type { Ref } from '../model/refs.ts';
import { namespaceOrDefault } from '../model/refs.ts';
import type { PolicyFacts } from './model.ts';
import { workloadOfPod } from './rules/stand-ins.ts';
import type { Unseen } from './rules/unjudged.ts';

/** The kinds that `policyFactsOf` reads, beside those of workloads. */
export const POLICY_KINDS = [
  'Pod',
  'Namespace',
  'Node',
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CalicoNetworkPolicy',
  'CalicoGlobalNetworkPolicy',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
] as const satisfies readonly KindName[];

export interface FactsOptions {
  /** Also take templates of workloads that have no pod. For manifests that were never applied. */
  readonly templates?: boolean;
}

/**
 * Takes from an index what a policy model needs. NetworkPolicies that could not be read in a namespace with pods become
 * `unseen`, so that nothing there is called open. In manifests that were never applied a kind without objects is no gap:
 * the files are all there is.
 */
export function policyFactsOf(index: ClusterIndex, options: FactsOptions = {}): PolicyFacts {
  const pods = index.list('Pod');
  return {
    pods,
    namespaces: index.list('Namespace'),
    nodes: index.list('Node'),
    networkPolicies: index.list('NetworkPolicy'),
    adminNetworkPolicies: index.list('AdminNetworkPolicy'),
    baselineAdminNetworkPolicies: index.list('BaselineAdminNetworkPolicy'),
    clusterNetworkPolicies: index.list('ClusterNetworkPolicy'),
    otherPolicies: otherPolicies(index),
    unseen: unseenIn(index, pods),
    workloadOf: (pod) => workloadIn(index, pod),
    ...(options.templates === true ? { workloads: templatesOf(index) } : {}),
  };
}

/**
 * The topmost owner that can be seen: up through objects of the index, to the last one that is named. A ReplicaSet whose
 * Deployment was not read stays a ReplicaSet, so that every name printed is one that stands in the facts; where only the
 * Deployment was read, it is known by its name.
 */
function workloadIn(index: ClusterIndex, pod: Pod): Ref {
  let found = workloadOfPod(pod);
  for (let step = 0; step < 5; step++) {
    const kind = WORKLOAD_KINDS.find((candidate) => candidate === found.kind);
    const object = kind === undefined ? undefined : index.get(kind, found.namespace, found.name);
    const owner = object === undefined ? undefined : controllerOf(object);
    if (object === undefined && found.kind === 'ReplicaSet') {
      const above = deploymentByHash(pod, found);
      return above !== undefined && index.get('Deployment', above.namespace, above.name) !== undefined ? above : found;
    }
    if (owner === undefined) return found;
    found = { ...found, kind: owner.kind ?? '', name: owner.name ?? '' };
  }
  return found;
}

/** Objects of lists can lack apiVersion and kind, by which these are told from the built-in kind. */
function otherPolicies(index: ClusterIndex): PolicyFacts['otherPolicies'] & object {
  return (
    [
      ['CalicoNetworkPolicy', 'crd.projectcalico.org/v1', 'NetworkPolicy'],
      ['CalicoGlobalNetworkPolicy', 'crd.projectcalico.org/v1', 'GlobalNetworkPolicy'],
      ['CiliumNetworkPolicy', 'cilium.io/v2', 'CiliumNetworkPolicy'],
      ['CiliumClusterwideNetworkPolicy', 'cilium.io/v2', 'CiliumClusterwideNetworkPolicy'],
    ] as const
  ).flatMap(([key, apiVersion, kind]) => index.list(key).map((object) => ({ apiVersion, kind, ...object })));
}

function unseenIn(index: ClusterIndex, pods: readonly Pod[]): readonly Unseen[] {
  const live = pods.some(({ status, metadata }) => status?.phase !== undefined || metadata?.uid !== undefined);
  const namespaces = [...new Set(pods.map(({ metadata }) => namespaceOrDefault({ metadata })))];
  return namespaces.flatMap((namespace) => {
    const { status, whole, reason } = index.seen('NetworkPolicy', namespace);
    const seen = status === 'absent' || (status === 'ok' && whole) || (status === 'notCollected' && !live);
    return seen ? [] : [{ kind: 'NetworkPolicy', namespace, reason }];
  });
}

function templatesOf(index: ClusterIndex): PolicyFacts['workloads'] & object {
  const known = WORKLOAD_KINDS.flatMap((kind) =>
    index
      .list(kind)
      .filter((object) => topOwner(index, object) === undefined)
      .map((object) => ({ kind, object })),
  );
  return [...known, ...otherPodMakers(index.others)];
}
